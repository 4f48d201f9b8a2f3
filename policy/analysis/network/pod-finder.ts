import { getOrAdd, groupBy } from "../group-by.ts";
import { everything, matches, type Selector } from "../selector.ts";
import type { Pod } from "./model.ts";

/** The pods of one namespace, or of all, that a selector certainly selects; without one, all of them. */
export type PodFinder = (namespace: string | undefined, selector?: Selector) => readonly Pod[];

/** Files pods by namespace and label, so that a selector is only tried on the pods that wear a label it asks for. */
export function podFinder(pods: readonly Pod[]): PodFinder {
  let files: ReadonlyMap<string, File> | undefined;
  return (namespace, selector = everything) => {
    files ??= fileByNamespace(pods);
    const asked = namespace === undefined ? [...files.values()] : [files.get(namespace) ?? emptyFile];
    return asked.flatMap((file) => select(file, selector));
  };
}

/** The pods of one namespace. */
interface File {
  readonly pods: readonly Pod[];
  /** By key, and by value. */
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly Pod[]>>;
}

const emptyFile: File = { pods: [], byLabel: new Map() };

function fileByNamespace(pods: readonly Pod[]): ReadonlyMap<string, File> {
  const byNamespace = groupBy(pods, ({ namespace }) => namespace);
  return new Map([...byNamespace].map(([namespace, own]) => [namespace, { pods: own, byLabel: byLabels(own) }]));
}

function byLabels(pods: readonly Pod[]): File["byLabel"] {
  const wearing = new Map<string, Map<string, Pod[]>>();
  for (const pod of pods) {
    for (const [key, value] of Object.entries(pod.labels.values)) {
      const byValue = getOrAdd(wearing, key, () => new Map<string, Pod[]>());
      getOrAdd(byValue, value, () => []).push(pod);
    }
  }
  return wearing;
}

function select({ pods, byLabel }: File, selector: Selector): readonly Pod[] {
  const wanted = selector.requirements.find(({ operator, values }) => operator === "In" && values.length === 1);
  const worn = wanted === undefined ? pods : (byLabel.get(wanted.key)?.get(wanted.values[0] ?? "") ?? []);
  return worn.filter((pod) => matches(selector, pod.labels) === true);
}
