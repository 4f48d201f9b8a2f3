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

/**
 * Whom the objects would lock out that must get in: clients, and what the database cannot live without. Judged from the
 * objects alone, together with what else is in the namespaces, by code that has no part in rendering them.
 */
export function lockOuts(rendered: readonly KubeObject[], live: LiveCluster): Problem[] {
  const unreadable: Unreadable[] = [];
  const objects = objectsOf([...around(rendered, live), ...rendered], unreadable);
  const { rows } = access(objects, "k3s", unreadable);
  const clients = new Set(rendered.filter(({ kind }) => kind === "Pod").map(selectorOf));
  // A client's pods count as anybody's where no line of pg_hba knows them.
  const unknown = ({ source: { kind, selector = "" }, port }: AccessRow) =>
    kind === "pods" && clients.has(selector) && port === 5432;
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

function selectorOf({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {}).map((label) => label.join("="));
  return labels.sort().join(",");
}

function describeObject({ apiVersion, kind, metadata }: KubeObject): string {
  return describe({ apiVersion, kind, ...metadata });
}

function problem(row: AccessRow): Problem {
  const { source, cluster, port, network } = row;
  const closed = network.allowed !== true && source.kind !== "pods";
  const by = closed
    ? `is closed by ${network.by.map((name) => `NetworkPolicy ${name}`).join(", ") || "the network"}`
    : "is let in by no line of pg_hba";
  return {
    key: source.kind === "operator" ? "operator" : source.kind === "peer" ? "namespace.name" : "clients",
    got: `${formatSource(source)} -> ${cluster}:${String(port)} ${by}`,
    expected: "a way in: the database or a client cannot live without it",
    fix: closed
      ? "correct or remove that NetworkPolicy, or the labels that it asks for"
      : "report this as a fault of the program",
  };
}
