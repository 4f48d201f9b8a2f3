import * as pulumi from "@pulumi/pulumi";
import { typeToken } from "../operator/kubernetesObject.ts";
import type { KubeClient } from "../../kube/client.ts";
import { refOf, type KubeObject } from "../../kube/objects.ts";
import { gate } from "../gate.ts";
import { ownedBy } from "../namespace.ts";
import { keepFieldsOfOthers } from "./fieldManagers.ts";
import { adoptedBy } from "./marks.ts";
import type { Present } from "./present.ts";

/** Kinds whose objects say which stack they are of. */
const MARKED = [
  ...["core/v1:Secret", "core/v1:ServiceAccount", "networking.k8s.io/v1:NetworkPolicy"],
  ...["rbac.authorization.k8s.io/v1:Role", "rbac.authorization.k8s.io/v1:RoleBinding"],
  ...["Cluster", "Database", "DatabaseRole", "Pooler"].map((kind) => `postgresql.cnpg.io/v1:${kind}`),
].map((kind) => `kubernetes:${kind}`);

/**
 * Kinds that can be taken over: the database, which there is only one of. What else bears one of our names may say more than
 * ours would, and be missed once a `destroy` has left ours in its place.
 */
const ADOPTABLE = ["Cluster", "Database"];

export function isAdoptable(kind: string): boolean {
  return ADOPTABLE.includes(kind);
}

/** Objects that this stack has taken over, or that this run takes over. */
export function adopted(found: readonly Present[], adopt: boolean): Present[] {
  return found.filter(
    ({ ref, owner }) => isAdoptable(ref.kind) && (owner === "adopted" || (adopt && owner === "foreign")),
  );
}

/** Whether an object of the kind is among them. */
export function isAdopted(kind: string, objects: readonly Present[]): boolean {
  return objects.some(({ ref }) => ref.kind === kind);
}

export interface TakeOverArgs {
  /** `organization/project/stack`. */
  stack: string;
  /** Which of them are taken over. */
  adopted: readonly Present[];
  /** Provider that overwrites what exists. */
  adopting: pulumi.ProviderResource;
  /** Reaches the cluster, once an update is due. */
  connect: () => Promise<KubeClient>;
}

/**
 * Marks what the stack makes; what somebody else made is taken over by server-side apply, which leaves the fields alone that
 * we do not set, and outlives a `destroy`. An `import` would not do: it demands inputs that equal the object as it is.
 */
export function takeOver(args: TakeOverArgs): pulumi.ResourceTransformation {
  const taken = new Set(args.adopted.map(({ ref }) => `${typeToken({ ...ref, metadata: {} })} ${ref.name ?? ""}`));
  const hooks = gate("fields-of-others", async ({ newInputs }) =>
    keepFieldsOfOthers(await args.connect(), refOf(newInputs as KubeObject)),
  );
  return ({ type, props, opts }) => {
    const { metadata } = props as { metadata?: Metadata };
    if (!MARKED.includes(type) || metadata === undefined) return undefined;
    const isTaken = taken.has(`${type} ${metadata.name}`);
    const annotations = { ...metadata.annotations, ...(isTaken ? adoptedBy(args.stack) : ownedBy(args.stack)) };
    return {
      props: { ...props, metadata: { ...metadata, annotations } },
      opts: isTaken ? pulumi.mergeOptions(opts, { provider: args.adopting, retainOnDelete: true, hooks }) : opts,
    };
  };
}

interface Metadata {
  name: string;
  annotations?: Record<string, string>;
}
