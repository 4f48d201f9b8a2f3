import { getOrAdd } from "../group-by.ts";
import type { Endpoint, Pod } from "../network/model.ts";
import { knownAddresses } from "../network/pod-addresses.ts";
import { anyOf, type Trilean } from "../trilean.ts";

/** A pod selector, and whether it selects somebody. */
export interface Selected {
  readonly name: string;
  readonly selected: Trilean;
}

/**
 * Finds the pod selectors by which somebody is caught who only shares the address of a selected pod: the operator writes
 * addresses, those of the node for a pod of its network, and those of a finished pod until it is deleted.
 * Source: CloudNativePG 1.30, pkg/reconciler/podselector/reconciler.go.
 * @param pods whose addresses the selectors may stand for
 * @param selecting the selectors that may select a pod
 */
export function sharedAddresses(
  pods: readonly Pod[],
  selecting: (pod: Pod) => readonly Selected[],
): (source: Endpoint) => readonly Selected[] {
  const byAddress = new Map<string, Selected[]>();
  const onSomeNode: { readonly selected: readonly Selected[]; readonly known: boolean }[] = [];
  for (const pod of pods) {
    if (pod.addresses.length === 0 && !pod.hostNetwork) continue;
    const selected = selecting(pod);
    for (const address of pod.addresses) getOrAdd(byAddress, address, (): Selected[] => []).push(...selected);
    if (pod.hostNetwork) onSomeNode.push({ selected, known: pod.addresses.length > 0 });
  }
  const maybe = (known: boolean) =>
    onSomeNode
      .filter((holder) => !(known && holder.known))
      .flatMap(({ selected }) => selected.map(({ name }): Selected => ({ name, selected: null })));

  return (source) => {
    const addresses = knownAddresses(source);
    const certain = addresses.flatMap((address) => byAddress.get(address) ?? []);
    const isOnNode = source.kind === "pod" && source.hostNetwork;
    return isOnNode ? [...certain, ...maybe(addresses.length > 0)] : certain;
  };
}

/** Each selector once, with the surest answer. */
export function surest(all: readonly Selected[]): readonly Selected[] {
  if (all.length < 2) return all;
  const byName = new Map<string, Trilean[]>();
  for (const { name, selected } of all) getOrAdd(byName, name, (): Trilean[] => []).push(selected);
  return [...byName].map(([name, answers]) => ({ name, selected: anyOf(answers, (answer) => answer) }));
}
