import { contains, readRange } from "./cidr.ts";
import type { Pod } from "./model.ts";

/**
 * Addresses that stand for those a pod may have, to be asked about these CIDRs; none where that cannot be told. A template
 * has no address, but pods get theirs from `podCidrs`: a CIDR that holds one of these wholly, or none of it, is decided.
 */
export function podAddresses(
  { addresses, hostNetwork }: Pick<Pod, "addresses" | "hostNetwork">,
  podCidrs: readonly string[],
  cidrs: readonly string[],
): readonly string[] {
  if (addresses.length > 0 || hostNetwork) return addresses;
  const pods = podCidrs.flatMap((cidr) => readRange(cidr) ?? []);
  const asked = cidrs.flatMap((cidr) => readRange(cidr) ?? []);
  const splits = pods.some((range) => asked.some((part) => part.prefix > range.prefix && contains(range, part)));
  return splits ? [] : podCidrs.map((cidr) => cidr.replace(/\/.*/, ""));
}

/** Whether two CIDRs have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [readRange(one), readRange(other)];
  return a !== undefined && b !== undefined && (contains(a, b) || contains(b, a));
}
