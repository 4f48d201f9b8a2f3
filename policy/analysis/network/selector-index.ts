import type { Labels, Selector } from "../selector.ts";

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
  const buckets = new Map<string, T[]>();
  const all: T[] = [];
  const size = (key: string) => buckets.get(key)?.length ?? 0;

  return {
    add(namespace, selector, item) {
      const scope = namespace ?? anyNamespace;
      const choices = selector.requirements
        .filter(({ operator }) => operator === "In")
        .map(({ key, values }) => values.map((value) => bucketKey(scope, key, value)));
      const crowd = (keys: readonly string[]) => Math.max(...keys.map(size));
      const chosen = choices.reduce((best, keys) => (crowd(keys) < crowd(best) ? keys : best), choices[0] ?? [scope]);
      for (const key of new Set(chosen)) {
        const bucket = buckets.get(key);
        if (bucket === undefined) buckets.set(key, [item]);
        else bucket.push(item);
      }
      all.push(item);
    },
    candidates(namespace, labels) {
      if (!labels.complete) return all;
      const found: T[] = [];
      for (const scope of [namespace, anyNamespace]) {
        found.push(...(buckets.get(scope) ?? []));
        for (const [key, value] of Object.entries(labels.values)) {
          found.push(...(buckets.get(bucketKey(scope, key, value)) ?? []));
        }
      }
      return found;
    },
  };
}

function bucketKey(scope: string, key: string, value: string): string {
  return `${scope}\n${key}\n${value}`;
}
