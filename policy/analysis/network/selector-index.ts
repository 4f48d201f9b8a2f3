import { getOrAdd } from "../group-by.ts";
import type { Labels, Requirement, Selector } from "../selector.ts";

/** Finds, among many selectors, the few that may select given labels, without asking each. */
export interface SelectorIndex<T> {
  /** `namespace` limits the entry to one namespace; undefined is any. */
  readonly add: (namespace: string | undefined, selector: Selector, item: T) => void;
  /** Every item whose selector selects these labels, and some whose selector does not. */
  readonly candidates: (namespace: string, labels: Labels) => readonly T[];
}

const anyNamespace = "*";

/**
 * Files each selector under one label that it asks for: under the least crowded one, because the labels that all
 * selectors of a database share (its own) would tell nothing apart.
 */
export function selectorIndex<T>(): SelectorIndex<T> {
  const scopes = new Map<string, Scope<T>>();
  const all: T[] = [];

  return {
    add(namespace, selector, item) {
      all.push(item);
      const scope = getOrAdd(scopes, namespace ?? anyNamespace, () => ({ unlabelled: [], byLabel: new Map() }));
      const asked = selector.requirements.filter(({ operator }) => operator === "In");
      const crowd = ({ key, values }: Requirement) =>
        Math.max(...values.map((value) => scope.byLabel.get(key)?.get(value)?.length ?? 0));
      const [first, ...others] = asked;
      if (first === undefined) {
        scope.unlabelled.push(item);
        return;
      }
      const { key, values } = others.reduce((best, other) => (crowd(other) < crowd(best) ? other : best), first);
      const byValue = getOrAdd(scope.byLabel, key, () => new Map<string, T[]>());
      for (const value of new Set(values)) getOrAdd(byValue, value, () => []).push(item);
    },
    candidates(namespace, labels) {
      if (!labels.complete) return all;
      const found: T[] = [];
      for (const name of [namespace, anyNamespace]) {
        const scope = scopes.get(name);
        if (scope === undefined) continue;
        found.push(...scope.unlabelled);
        for (const [key, byValue] of scope.byLabel) {
          if (labels.hidden?.includes(key) || labels.possible?.includes(key)) {
            found.push(...new Set([...byValue.values()].flat()));
            continue;
          }
          const value = labels.values[key];
          if (value !== undefined) found.push(...(byValue.get(value) ?? []));
        }
      }
      return found;
    },
  };
}

interface Scope<T> {
  /** What asks for no label by value. */
  readonly unlabelled: T[];
  readonly byLabel: Map<string, Map<string, T[]>>;
}
