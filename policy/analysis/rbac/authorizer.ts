import type { KubeObject, Problem } from "../objects.ts";
import { aggregate } from "./aggregation.ts";
import { defaults } from "./defaults.ts";
import { keysOf, type Identity } from "./identity.ts";
import { groupKey, type Binding, type Role, type Rule } from "./model.ts";
import { idOf, read } from "./read.ts";

/** One rule that somebody holds. */
export interface Grant {
  readonly rule: Rule;
  /** Where it holds; empty: in every namespace and outside of them. */
  readonly namespace: string;
  /** How he comes by it: the binding, the role it names, and the role the rule is written in where that is another one. */
  readonly path: readonly string[];
  /** False where it depends on the order of events in the cluster: see {@link aggregate}. */
  readonly certain: boolean;
}

/** What the RBAC objects of an input grant. */
export interface Authorizer {
  /** Every rule that somebody holds, cluster-wide bindings first, then in the order of their names. */
  readonly grantsTo: (identity: Identity) => readonly Grant[];
  /** Everybody whom a binding of the input names, as keys of {@link keysOf}. */
  readonly holders: readonly string[];
  /** Objects that the API server refuses, bindings to roles that are not there, and roles that aggregate each other. */
  readonly problems: readonly Problem[];
}

const mastersGroup = groupKey("system:masters");
const everything: Grant = {
  rule: { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: ["*"] },
  namespace: "",
  path: ["Group system:masters"],
  certain: true,
};

/**
 * The RBAC authorizer on the objects of an input, together with the roles and bindings that every API server creates by
 * itself. An object of the input stands in for a default one of its name; of two with one name the later counts.
 */
export function authorizer(objects: readonly KubeObject[]): Authorizer {
  const roles = new Map<string, Role>(defaults.roles.map((role) => [role.id, role]));
  const bindings = new Map<string, Binding>(defaults.bindings.map((binding) => [binding.id, binding]));
  const origins = new Map<string, KubeObject>();
  const problems: Problem[] = [];

  for (const object of objects) {
    const reading = read(object);
    if (reading === undefined) continue;
    if ("refused" in reading) {
      problems.push(problem(object, `the API server refuses it, so it grants nothing: ${reading.refused.join("; ")}`));
    } else if ("role" in reading) {
      roles.set(reading.role.id, reading.role);
      origins.set(reading.role.id, object);
    } else {
      bindings.set(reading.binding.id, reading.binding);
      origins.set(reading.binding.id, object);
    }
  }
  const { rulesOf, inCycle } = aggregate(roles);
  for (const [id, object] of origins) {
    const role = bindings.get(id)?.role;
    if (role !== undefined && !roles.has(role))
      problems.push(problem(object, `${role} is not in the input, so it grants nothing`));
    if (inCycle(id))
      problems.push(problem(object, "it aggregates itself by way of others; what it grants may never come to rest"));
  }

  const ordered = [...bindings.values()].sort(
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
        rulesOf(role).map(({ rule, writtenIn, certain }) => ({
          rule,
          namespace,
          path: writtenIn === role ? [id, role] : [id, role, writtenIn],
          certain,
        })),
      );
      return keys.includes(mastersGroup) ? [everything, ...granted] : granted;
    },
    holders: [...new Set([...origins.keys()].flatMap((id) => bindings.get(id)?.holders ?? []))].sort(),
    problems,
  };
}

function problem({ kind, namespace, name, position }: KubeObject, message: string): Problem {
  return { ...position, message: `${idOf(kind, namespace, name)}: ${message}` };
}
