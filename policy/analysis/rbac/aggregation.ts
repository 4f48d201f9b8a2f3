import { exactly, matches } from "../selector.ts";
import type { Role, Rule } from "./model.ts";

/** A rule that a role grants in effect. */
export interface EffectiveRule {
  readonly rule: Rule;
  /** The id of the role it is written in: another one than the role asked about where that is aggregated. */
  readonly writtenIn: string;
  /** False where it depends on the order in which the controller happened to look at roles that aggregate each other. */
  readonly certain: boolean;
}

/** What roles grant in effect. */
export interface Aggregation {
  /** The rules of the role with this id; none where there is no such role. */
  readonly rulesOf: (id: string) => readonly EffectiveRule[];
  /** Whether the role reaches itself through the selectors of others; the controller then may never come to rest. */
  readonly inCycle: (id: string) => boolean;
}

/**
 * Fills aggregated ClusterRoles as the controller does: each has the rules of all that its selectors reach, through other
 * aggregated ones too, in place of its own. Where they reach no rule at all, the controller applies an empty list, and that
 * leaves the rules somebody else wrote.
 */
export function aggregate(roles: ReadonlyMap<string, Role>): Aggregation {
  const clusterRoles = [...roles.values()].filter(({ id }) => id.startsWith("ClusterRole "));
  const selected = memo((id) => {
    const selectors = roles.get(id)?.aggregates ?? [];
    return clusterRoles.filter(
      (role) => role.id !== id && selectors.some((selector) => matches(selector, exactly(role.labels)) === true),
    );
  });
  const reached = memo((id) => {
    const found = new Map<string, Role>();
    const queue = [...selected(id)];
    for (let role = queue.pop(); role !== undefined; role = queue.pop()) {
      if (found.has(role.id)) continue;
      found.set(role.id, role);
      queue.push(...selected(role.id));
    }
    return found;
  });
  const inCycle = (id: string) => reached(id).has(id);
  const cyclesReached = memo((id) => [...reached(id).keys()].filter(inCycle));

  /** Of the rules written into `role`, those that `id` has: `id` is the role itself, or reaches it. */
  function surviving(role: Role, id: string): EffectiveRule[] {
    const written = (certain: boolean) => role.rules.map((rule) => ({ rule, writtenIn: role.id, certain }));
    if (role.aggregates === undefined) return written(true);
    if (!inCycle(role.id)) {
      const gathered = gatheredBy(role.id);
      if (!gathered.some(({ certain }) => certain)) return written(gathered.length === 0);
    }
    // Roles that aggregate each other may have copied them before the controller replaced them, and then hand them round for good.
    return cyclesReached(id).some((cycle) => reached(cycle).has(role.id)) ? written(false) : [];
  }
  const gatheredBy = memo((id): EffectiveRule[] =>
    [...reached(id).values()].filter((role) => role.id !== id).flatMap((role) => surviving(role, id)),
  );

  const rulesOf = memo((id) => {
    const role = roles.get(id);
    return role === undefined ? [] : [...surviving(role, id), ...gatheredBy(id)];
  });
  return { rulesOf, inCycle };
}

function memo<Value>(compute: (id: string) => Value): (id: string) => Value {
  const known = new Map<string, Value>();
  return (id) => {
    const value = known.get(id) ?? compute(id);
    known.set(id, value);
    return value;
  };
}
