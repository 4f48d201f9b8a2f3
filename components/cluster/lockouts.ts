import type { Problem } from "../../config/problems.ts";
import { describe, type KubeObject } from "../../kube/objects.ts";
import {
  access,
  formatSource,
  objectsOf,
  type AccessRow,
  type Problem as Unreadable,
} from "../../policy/analysis/index.ts";
import type { LiveCluster } from "./live.ts";

/** Annotation of a rendered pod: the pooler by which it has to get in; without it, the instances themselves let it in. */
export const WAY = "hcloud-postgres/pooler";

/**
 * Whom the objects would lock out that must get in: clients, and what the database cannot live without. Judged from the
 * objects alone, together with what else is in the namespaces, by code that has no part in rendering them.
 */
export function lockOuts(rendered: readonly KubeObject[], live: LiveCluster): Problem[] {
  const unreadable: Unreadable[] = [];
  const objects = objectsOf([...around(rendered, live), ...rendered], unreadable);
  const { rows } = access(objects, "k3s", unreadable);
  const pods = rendered.filter(({ kind }) => kind === "Pod");
  const ways = new Map(pods.map((pod) => [keyOf(pod), pod.metadata.annotations?.[WAY]]));
  // Pods count as anybody's where no line of pg_hba knows them, and those that come by a pooler always do.
  const unknown = ({ source: { kind, namespace, selector }, port, pooler, verdict }: AccessRow) => {
    const key = `${namespace ?? ""} ${selector ?? ""}`;
    return kind === "pods" && port === 5432 && verdict !== "declared" && ways.has(key) && ways.get(key) === pooler;
  };
  const cut = rows.filter((row) => row.verdict === "locked-out" || row.verdict === "lifeline-cut" || unknown(row));
  return [
    ...cut.map((row) => problem(row)),
    ...unreadable.map(({ message }) => ({
      key: "clients",
      got: message,
      expected: "objects that can be judged",
      fix: "correct what the message names",
    })),
  ];
}

/** What is there already, as far as it says who reaches whom; what is about to be changed aside. */
export function around(rendered: readonly KubeObject[], live: LiveCluster): KubeObject[] {
  const ours = new Set(rendered.map(describeObject));
  const found = [live.namespace, live.operatorNamespace, ...live.operators, ...live.networkPolicies];
  return found.filter((object) => object !== undefined).filter((object) => !ours.has(describeObject(object)));
}

function keyOf({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {}).map((label) => label.join("="));
  return `${metadata.namespace ?? ""} ${labels.sort().join(",")}`;
}

function describeObject({ apiVersion, kind, metadata }: KubeObject): string {
  return describe({ apiVersion, kind, ...metadata });
}

function problem(row: AccessRow): Problem {
  const { source, cluster, port, network, pooler } = row;
  const closed = network.allowed !== true && (source.kind !== "pods" || pooler !== undefined);
  const target = `${pooler === undefined ? "" : `pooler ${pooler} of `}${cluster}:${String(port)}`;
  const by = closed
    ? `is closed by ${network.by.map((name) => `NetworkPolicy ${name}`).join(", ") || "the network"}`
    : "is let in by no line of pg_hba";
  return {
    key: source.kind === "operator" ? "operator" : source.kind === "peer" ? "namespace.name" : "clients",
    got: `${formatSource(source)} -> ${target} ${by}`,
    expected: "a way in: the database or a client cannot live without it",
    fix: closed
      ? "correct or remove that NetworkPolicy, or the labels that it asks for"
      : "report this as a fault of the program",
  };
}
