import ipaddr from "ipaddr.js";
import { contains, readRange, type Range } from "./cidr.ts";
import type { Outsider, Pod } from "./model.ts";

/** The addresses that the input tells of somebody. */
export function knownAddresses(endpoint: Outsider | Pick<Pod, "kind" | "addresses">): readonly string[] {
  if (endpoint.kind === "pod") return endpoint.addresses;
  return endpoint.address === undefined ? [] : [endpoint.address];
}

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
  const asked = cidrs.flatMap((cidr) => readRange(cidr) ?? []).filter((part) => !isNodeAddress(part));
  const splits = pods.some((range) => asked.some((part) => part.prefix > range.prefix && contains(range, part)));
  return splits ? [] : pods.map(secondAddress);
}

/**
 * Whether a range is the first address of a node's part of the pods' range: the node has it itself, on flannel's device, and
 * no pod gets it. Source: kube-controller-manager's --node-cidr-mask-size (24, and 64 for IPv6), CNI's host-local.
 */
export function isNodeAddress({ bytes, prefix }: Range): boolean {
  const host = bytes.length === 4 ? bytes.slice(3) : bytes.slice(8);
  return prefix === bytes.length * 8 && host.every((byte) => byte === 0);
}

function secondAddress({ bytes }: Range): string {
  return ipaddr.fromByteArray([...bytes.slice(0, -1), (bytes.at(-1) ?? 0) | 1]).toString();
}
