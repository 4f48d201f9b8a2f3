import { isObject, list, object, type Json, type JsonObject } from "../../../policy/analysis/json.ts";
import type { PolicyManifest } from "./generate.ts";

/** What somebody believes who falls into a trap: the policies as he reads them. */
export type Misreading = (policies: readonly PolicyManifest[]) => PolicyManifest[];

const everyPod = { namespaceSelector: {}, podSelector: {} };

/** Rewrites the rules of both directions; `peers` names the field that holds the peers. */
function onRules(change: (rules: readonly JsonObject[], peers: "from" | "to") => readonly JsonObject[]): Misreading {
  return onSpec((spec) => ({
    ...spec,
    ...(Array.isArray(spec["ingress"]) ? { ingress: change(list(spec["ingress"]).map(object), "from") } : {}),
    ...(Array.isArray(spec["egress"]) ? { egress: change(list(spec["egress"]).map(object), "to") } : {}),
  }));
}

function onSpec(change: (spec: JsonObject) => JsonObject): Misreading {
  return (policies) => policies.map((policy) => ({ ...policy, spec: change(policy.spec) }));
}

function onPeers(change: (peer: JsonObject) => readonly Json[]): Misreading {
  return onRules((rules, peers) =>
    rules.map((rule) => {
      const items = list(rule[peers]);
      return items.length === 0 ? rule : { ...rule, [peers]: items.map(object).flatMap(change) };
    }),
  );
}

function onPorts(change: (port: JsonObject) => readonly Json[]): Misreading {
  return onRules((rules) =>
    rules.map((rule) => {
      const items = list(rule["ports"]);
      return items.length === 0 ? rule : { ...rule, ports: items.map(object).flatMap(change) };
    }),
  );
}

/** Rewrites every label selector, whatever it stands in. */
function onExpressions(change: (expression: JsonObject) => readonly Json[]): Misreading {
  const rewrite = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(rewrite);
    if (!isObject(value)) return value;
    const fields = Object.entries(value).map(([key, field]) => [key, rewrite(field)] as const);
    const rewritten = Object.fromEntries(fields);
    if (!Array.isArray(value["matchExpressions"])) return rewritten;
    return { ...rewritten, matchExpressions: list(value["matchExpressions"]).map(object).flatMap(change) };
  };
  return onSpec((spec) => object(rewrite(spec)));
}

/** The ways to read policies wrongly, one or more for each trap. */
export const misreadings: Readonly<Record<string, Misreading>> = {
  "N1: a rule without peers admits nobody": onRules((rules, peers) =>
    rules.filter((rule) => list(rule[peers]).length > 0),
  ),
  "N2: an empty podSelector is every pod of every namespace": onPeers((peer) =>
    isObject(peer["podSelector"]) && Object.keys(peer["podSelector"]).length === 0 && !("namespaceSelector" in peer)
      ? [everyPod]
      : [peer],
  ),
  "N3: two selectors in one item are alternatives": onPeers(({ podSelector, namespaceSelector, ...rest }) =>
    podSelector !== undefined && namespaceSelector !== undefined
      ? [{ podSelector }, { namespaceSelector }]
      : [{ ...rest, ...(podSelector && { podSelector }), ...(namespaceSelector && { namespaceSelector }) }],
  ),
  "N4: a dash too many changes nothing": onRules((rules, peers) =>
    rules.flatMap((rule, index): JsonObject[] => {
      const before = rules[index - 1];
      const after = rules[index + 1];
      const onlyPeers = (one?: JsonObject) => one !== undefined && peers in one && !("ports" in one);
      const onlyPorts = (one?: JsonObject) => one !== undefined && !(peers in one) && "ports" in one;
      if (onlyPeers(rule) && onlyPorts(after)) return [{ ...rule, ...after }];
      return onlyPorts(rule) && onlyPeers(before) ? [] : [rule];
    }),
  ),
  "N5: without a protocol it is all of them": onPorts((port) =>
    "protocol" in port ? [port] : ["TCP", "UDP", "SCTP"].map((protocol) => ({ ...port, protocol })),
  ),
  "N5: endPort does not matter": onPorts((port) => [
    Object.fromEntries(Object.entries(port).filter(([field]) => field !== "endPort")),
  ]),
  "N5: a named port has one number everywhere": onPorts((port) =>
    port["port"] === "db" ? [{ ...port, port: 5432 }] : [port],
  ),
  "N6: without policyTypes both directions are isolated": onSpec((spec) =>
    "policyTypes" in spec ? spec : { ...spec, policyTypes: ["Ingress", "Egress"] },
  ),
  "N6: an ingress block isolates ingress": onSpec((spec) =>
    "ingress" in spec ? { ...spec, policyTypes: [...new Set([...list(spec["policyTypes"]), "Ingress"])] } : spec,
  ),
  "N7: the first policy of a namespace is the one that counts": (policies) => {
    const seen = new Set<string | undefined>();
    return policies.filter(({ metadata }) => !seen.has(metadata.namespace) && seen.add(metadata.namespace));
  },
  "N8: NotIn asks for the label": onExpressions((expression) =>
    expression["operator"] === "NotIn"
      ? [expression, { key: expression["key"] ?? "", operator: "Exists" }]
      : [expression],
  ),
  "N9: except does not matter": onPeers((peer) =>
    isObject(peer["ipBlock"]) ? [{ ipBlock: { cidr: peer["ipBlock"]["cidr"] ?? "" } }] : [peer],
  ),
};
