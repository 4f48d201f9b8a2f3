import ipaddr from "ipaddr.js";
import type { Problem } from "./problems.ts";
import type { Client } from "./schema.ts";

/** The widest range that can pass for somebody in particular. */
const WIDEST = { ipv4: 8, ipv6: 32 };

/** Why a range of addresses is none that a line of pg_hba and a NetworkPolicy mean the same by. */
export function rangeProblem(cidr: string, key: string): Problem[] {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const family = address.kind();
  const problem = (expected: string, fix: string): Problem[] => [{ key, got: cidr, expected, fix }];
  if (prefix < WIDEST[family])
    return problem(`a range no wider than /${String(WIDEST[family])}`, "name those who need it");
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return problem("an IPv4 range as such: PostgreSQL never matches it like this", "write it as an IPv4 range");
  const network = networkOf(cidr, family);
  if (network === address.toString()) return [];
  return problem("the first address of the range", `write ${network}/${String(prefix)}`);
}

/** Pods, and the ranges that they get their addresses from. */
export interface PodRanges {
  /** As a message names them: `pods of node a`. */
  pods: string;
  cidrs: readonly string[];
}

/** Why clients may not come from ranges that hold pods: all of them would be let in, whatever they are. */
export function podRangeProblems(clients: readonly Pick<Client, "cidrs">[], ranges: readonly PodRanges[]): Problem[] {
  return clients.flatMap((client, i) =>
    client.cidrs.flatMap(({ cidr }, j) => {
      const held = ranges.find(({ cidrs }) => cidrs.some((range) => overlap(range, cidr)));
      if (!held) return [];
      const expected = `addresses outside the cluster: ${held.pods} have theirs from ${held.cidrs.join(", ")}`;
      const fix = "declare pods as workloads, by their labels";
      return [{ key: `clients[${String(i)}].cidrs[${String(j)}].cidr`, got: cidr, expected, fix }];
    }),
  );
}

/** Whether two ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [first, firstPrefix] = ipaddr.parseCIDR(a);
  const [second, secondPrefix] = ipaddr.parseCIDR(b);
  return first.kind() === second.kind() && first.match(second, Math.min(firstPrefix, secondPrefix));
}

function networkOf(cidr: string, family: "ipv4" | "ipv6"): string {
  const read = family === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return read.networkAddressFromCIDR(cidr).toString();
}
