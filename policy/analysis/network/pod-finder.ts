import { matches, type Selector } from "../selector.ts";
import type { Pod } from "./model.ts";

/** The pods of one namespace, or of all, that a selector certainly selects; without one, all of them. */
export type PodFinder = (namespace: string | undefined, selector?: Selector) => readonly Pod[];

const everyPod: Selector = { requirements: [], known: true };

/** Files pods by namespace and label, so that a selector is only tried on the pods that wear a label it asks for. */
export function podFinder(pods: readonly Pod[]): PodFinder {
  const buckets = new Map<string, Pod[]>();
  const file = (key: string, pod: Pod) => {
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [pod]);
    else bucket.push(pod);
  };
  for (const pod of pods) {
    for (const scope of [pod.namespace, ""]) {
      file(scope, pod);
      for (const [key, value] of Object.entries(pod.labels.values)) file(`${scope}\n${key}\n${value}`, pod);
    }
  }
  return (namespace = "", selector = everyPod) => {
    const wanted = selector.requirements.find(({ operator, values }) => operator === "In" && values.length === 1);
    const key = wanted === undefined ? namespace : `${namespace}\n${wanted.key}\n${wanted.values[0] ?? ""}`;
    return (buckets.get(key) ?? []).filter((pod) => matches(selector, pod.labels) === true);
  };
}
