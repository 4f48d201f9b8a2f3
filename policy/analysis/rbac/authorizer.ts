import type { KubeObject, Problem } from "../objects.ts";
import { aggregate, type Aggregation } from "./aggregation.ts";
import { keysOf, type Identity } from "./identity.ts";
import { problem, takeInventory, type Inventory, type Unknown } from "./inventory.ts";
import { groupKey, type Binding, type Rule } from "./model.ts";

/** One rule that somebody holds. */
export interface Grant {
  readonly rule: Rule;
  /** Where it holds; empty: in every namespace and outside of them. */
  readonly namespace: string;
  /** How they come by it: the binding, the role it names, and the role the rule is written in where that is another one. */
  readonly path: readonly string[];
  /** False where it depends on the order of events in the cluster: see {@link aggregate}. */
  readonly certain: boolean;
}

/** What the RBAC objects of an input grant. */
export interface Authorizer {
  /** Every rule that somebody holds, cluster-wide bindings first, then in the order of their names. */
  readonly grantsTo: (identity: Identity) => readonly Grant[];
  /** Everybody whom a binding of the input names, as keys of {@link keysOf}, sorted. */
  readonly holders: readonly string[];
  readonly unknown: readonly Unknown[];
  /** What is unknown, what the API server refuses, bindings to roles that are not there, and roles that aggregate each other. */
  readonly problems: readonly Problem[];
}

const mastersGroup = groupKey("system:masters");
const everything: Grant = {
  rule: { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: ["*"] },
  namespace: "",
  path: ["Group system:masters"],
  certain: true,
};

/** The RBAC authorizer of the API server, once it has the objects of an input. */
export function authorizer(objects: readonly KubeObject[]): Authorizer {
  const inventory = takeInventory(objects);
  const aggregation = aggregate(inventory.roles);
  const ordered = [...inventory.bindings.values()].sort(
    (a, b) => Number(a.namespace !== "") - Number(b.namespace !== "") || (a.id < b.id ? -1 : 1),
  );
  const order = new Map(ordered.map((binding, index) => [binding, index]));
  const heldBy = new Map<string, Binding[]>();
  for (const binding of ordered) {
    for (const holder of binding.holders) {
      const held = heldBy.get(holder);
      if (held === undefined) heldBy.set(holder, [binding]);
      else held.push(binding);
    }
  }

  return {
    grantsTo: (identity) => {
      const keys = keysOf(identity);
      const held = new Set(keys.flatMap((key) => heldBy.get(key) ?? []));
      const inOrder = [...held].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      const granted = inOrder.flatMap(({ id, namespace, role }) =>
        aggregation.rulesOf(role).map(({ rule, writtenIn, certain }) => ({
          rule,
          namespace,
          path: writtenIn === role ? [id, role] : [id, role, writtenIn],
          certain,
        })),
      );
      return keys.includes(mastersGroup) ? [everything, ...granted] : granted;
    },
    holders: [
      ...new Set([...inventory.origins.keys()].flatMap((id) => inventory.bindings.get(id)?.holders ?? [])),
    ].sort(),
    unknown: inventory.unknown,
    problems: [...inventory.problems, ...structuralProblems(inventory, aggregation)],
  };
}

function structuralProblems({ roles, bindings, origins, unknown }: Inventory, { inCycle }: Aggregation): Problem[] {
  return [...origins].flatMap(([id, object]) => {
    const role = bindings.get(id)?.role;
    if (role !== undefined && !roles.has(role) && !unknown.some((other) => other.id === role)) {
      return [problem(object, `it grants nothing, since there is no usable ${role} in the input`)];
    }
    if (!inCycle(id)) return [];
    return [
      problem(object, "it aggregates itself by way of other ClusterRoles, so what it grants may never come to rest"),
    ];
  });
}
