import ipaddr from "ipaddr.js";
import type { SelectorAddresses } from "./cnpg.ts";
import type { Rule } from "./rule.ts";

/** Addresses in place of pods, which have none in manifests: one for each selector, and none that a pod can have. */
export interface StandIns {
  readonly addresses: SelectorAddresses;
  /** The selector whose pods a rule is for; undefined where it is for others. */
  readonly selectorOf: (rule: Rule) => string | undefined;
}

/** Gives each of these selectors an address of 100::/64, which is routed nowhere (RFC 6666). */
export function standIns(selectors: readonly string[]): StandIns {
  const named = selectors.map((name, index) => [name, `100::${(index + 1).toString(16)}`] as const);
  const byOctets = new Map(named.map(([name, address]) => [ipaddr.parse(address).toByteArray().join(), name]));
  return {
    addresses: new Map(named.map(([name, address]) => [name, [address]])),
    selectorOf: ({ address }) =>
      address?.kind === "range" && address.address.length === 16 ? byOctets.get(address.address.join()) : undefined,
  };
}
