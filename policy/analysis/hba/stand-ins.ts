import type { SelectorAddresses } from "./cnpg.ts";
import type { Rule } from "./rule.ts";

/** Addresses in place of pods, which have none in manifests: one for each selector, and none that a pod can have. */
export interface StandIns {
  readonly addresses: SelectorAddresses;
  /** The selector whose pods a rule is for; undefined where it is for others. */
  readonly selectorOf: (rule: Rule) => string | undefined;
}

/** Gives each of these selectors an address of 240.0.0.0/8, which nobody has (RFC 1112, section 4). */
export function standIns(selectors: readonly string[]): StandIns {
  const named = selectors.map(
    (name, index) => [name, [240, index >> 16, index >> 8, index].map((part) => part & 0xff)] as const,
  );
  const byOctets = new Map(named.map(([name, octets]) => [octets.join("."), name]));
  return {
    addresses: new Map(named.map(([name, octets]) => [name, [octets.join(".")]])),
    selectorOf: ({ address }) => (address?.kind === "range" ? byOctets.get(address.address.join(".")) : undefined),
  };
}
