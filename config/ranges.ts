import ipaddr from "ipaddr.js";
import { overlap } from "../policy/analysis/network/cidr.ts";
import type { Problem } from "./problems.ts";
import type { Client } from "./schema.ts";

/** The widest range that can pass for somebody in particular. */
const WIDEST = { ipv4: 8, ipv6: 32 };

/** Where clouds hand out the credentials of a machine to whoever asks from it. */
export const METADATA_SERVICE = "169.254.0.0/16";

/** Why a range of addresses is none that a line of pg_hba and a NetworkPolicy mean the same by. */
export function rangeProblem(cidr: string, key: string): Problem[] {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const family = address.kind();
  const problem = (expected: string, fix: string): Problem[] => [{ key, got: cidr, expected, fix }];
  if (prefix < WIDEST[family])
    return problem(`a range no wider than /${String(WIDEST[family])}`, "name those who need it");
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return problem("an IPv4 range as such: PostgreSQL never matches it like this", "write it as an IPv4 range");
  return firstAddressProblem(cidr, key);
}

/** Whether a range begins with its first address: whoever reads it otherwise refuses it, or takes it for another. */
export function firstAddressProblem(cidr: string, key: string): Problem[] {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const network = networkOf(cidr, address.kind());
  if (network === address.toString()) return [];
  const fix = `write ${network}/${String(prefix)}`;
  return [{ key, got: cidr, expected: "the first address of the range", fix }];
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

function networkOf(cidr: string, family: "ipv4" | "ipv6"): string {
  const read = family === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return read.networkAddressFromCIDR(cidr).toString();
}
