import { bootstrapOf } from "../../config/conflicts.ts";
import type { Config } from "../../config/schema.ts";
import { namespaceOf } from "../../config/workloads.ts";
import { NoKindMatch, type KubeClient } from "../../kube/client.ts";
import { refOf, type KubeObject, type ObjectRef } from "../../kube/objects.ts";
import { databasesOf } from "../access/databases.ts";
import { credentialsName, databaseRoleName, runAsName, secretReaderName, type ClusterName } from "../access/names.ts";
import { databaseObjectName } from "../database/index.ts";
import { ownerOf, type Owner } from "./marks.ts";

const RBAC = "rbac.authorization.k8s.io/v1";

/** An object that is there under a name of ours. */
export interface Present {
  ref: ObjectRef;
  owner: Owner;
}

/** Everything that the stack makes under a name of its own in the database's namespace; `rendered` is a part of it. */
export function namedObjects(config: Config, rendered: readonly KubeObject[]): ObjectRef[] {
  const { clients, database } = config;
  const namespace = config.namespace.name;
  const cluster: ClusterName = { name: database.name, namespace };
  const of = (apiVersion: string, kinds: string[], names: string[]) =>
    names.flatMap((name) => kinds.map((kind) => ({ apiVersion, kind, namespace, name })));
  const grants = clients.flatMap((client) => [secretReaderName(cluster, client), runAsName(cluster, client)]);
  const generated = clients.filter(({ auth, existingSecret }) => auth === "password" && existingSecret === undefined);
  const certified = clients.filter(({ auth }) => auth === "cert");
  const accounts = clients
    .flatMap(({ workloads }) => workloads)
    .filter((workload) => namespaceOf(workload, namespace) === namespace)
    .map(({ serviceAccount }) => serviceAccount);
  const { database: bootstrapped } = bootstrapOf(config);
  const databases = databasesOf(config)
    .filter(({ name }) => name !== bootstrapped)
    .map(({ name }) => databaseObjectName(database.name, name));
  return [
    ...rendered.filter(({ kind }) => kind !== "Pod").map(refOf),
    ...of(RBAC, ["Role", "RoleBinding"], [runAsName(cluster), ...grants]),
    ...of(
      "v1",
      ["Secret"],
      generated.map((client) => credentialsName(cluster, client)),
    ),
    ...of(
      "v1",
      ["ServiceAccount"],
      accounts.filter(({ create }) => create).map(({ name }) => name),
    ),
    ...of("postgresql.cnpg.io/v1", ["Database"], databases),
    ...of(
      "postgresql.cnpg.io/v1",
      ["DatabaseRole"],
      certified.map((client) => databaseRoleName(cluster, client)),
    ),
  ];
}

/** Looks which of them are there, and whose they are. */
export async function present(client: KubeClient, refs: readonly ObjectRef[], stack: string): Promise<Present[]> {
  const found = await Promise.all(refs.map((ref) => lookUp(client, ref)));
  return refs.flatMap((ref, index) => {
    const object = found[index];
    return object ? [{ ref, owner: ownerOf(stack, object.metadata.annotations) }] : [];
  });
}

async function lookUp(client: KubeClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  return client.get(ref).catch((error: unknown) => {
    // Before the operator is there, so are none of its kinds.
    if (error instanceof NoKindMatch) return undefined;
    throw error;
  });
}
