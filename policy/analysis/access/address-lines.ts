import ipaddr from "ipaddr.js";
import { decide, type Name, type Rule, type Server } from "../hba/index.ts";
import type { Endpoint, Outsider, Pod } from "../network/model.ts";
import { knownAddresses, podAddresses } from "../network/pod-addresses.ts";
import type { Trilean } from "../trilean.ts";
import { rangeIndex } from "../network/range-index.ts";
import type { Caught, Placed } from "./visible-lines.ts";

/** As much of a source as its addresses depend on. */
type Addressed = Outsider | Pick<Pod, "kind" | "addresses" | "hostNetwork">;

/**
 * Finds the lines whose address column may hold a source, in order.
 * @param podCidrs the ranges that pods get their addresses from; empty where they are not known
 */
export function addressLines(
  lines: readonly Placed[],
  server: Server,
  podCidrs: readonly string[],
): (source: Endpoint) => readonly Caught[] {
  const byRange = rangeIndex<Placed>();
  const withoutRange: Placed[] = [];
  for (const line of lines) {
    const cidr = cidrOf(line.rule);
    if (cidr === undefined) withoutRange.push(line);
    else byRange.add(cidr, line);
  }
  const withoutAddress = new Map<string, readonly Caught[]>();

  const caughtBy = (some: readonly Placed[], source: Addressed): Caught[] =>
    some.map((line) => ({ line, catches: catches(line, source) }));

  return (source) => {
    const addresses = knownAddresses(source);
    if (addresses.length > 0) {
      const near = [...withoutRange, ...new Set(addresses.flatMap((address) => byRange.holding(address)))];
      return caughtBy(near, source).sort((a, b) => a.line.shown.index - b.line.shown.index);
    }
    const kind = `${source.kind} ${String(source.kind === "pod" && source.hostNetwork)}`;
    const known = withoutAddress.get(kind) ?? caughtBy(lines, source);
    withoutAddress.set(kind, known);
    return known;
  };

  function catches({ rule }: Placed, source: Addressed): Trilean {
    if (rule.address?.kind === "all") return true;
    if (rule.address?.kind === "host") return holds(rule, anAddress);
    const addresses = addressesFor(source, rule);
    // Whether pods have IPv6 addresses too is not known: then all of IPv4 lets them in, and turns nobody away for certain.
    if (addresses.length === 0) return rule.method !== "reject" && isAllOfIpv4(rule) ? true : null;
    const answers = new Set(addresses.map((address) => holds(rule, address)));
    return answers.size === 1 ? ([...answers][0] ?? null) : null;
  }

  function addressesFor(source: Addressed, rule: Rule): readonly string[] {
    const cidr = cidrOf(rule);
    return source.kind === "outsider" || cidr === undefined
      ? knownAddresses(source)
      : podAddresses(source, podCidrs, [cidr]);
  }

  /** Whether the line's address column holds an address, whoever the user is. */
  function holds(rule: Rule, address: string): Trilean {
    const anybody = { ...rule, databases: [anyName], users: [anyName] };
    const connection = {
      address,
      ssl: rule.type !== "hostnossl",
      replication: false,
      database: "any",
      user: "any",
      roles: null,
    };
    const verdict = decide([{ file: undefined, line: 1, rule: anybody, error: undefined }], connection, server);
    return verdict.kind === "undecided" ? null : verdict.kind === "match";
  }
}

/** Host names are judged without an address: those that no name service can know catch nobody, the others are undecided. */
const anAddress = "192.0.2.1";

const anyName: Name = { text: "all", quoted: false, regex: undefined };

function isAllOfIpv4({ address }: Rule): boolean {
  return address?.kind === "range" && address.mask.length === 4 && address.mask.every((octet) => octet === 0);
}

/** The range of a line as a CIDR; undefined for every other address, and for masks with holes. */
export function cidrOf({ address }: Rule): string | undefined {
  if (address?.kind !== "range") return undefined;
  const bits = address.mask.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits)
    ? `${ipaddr.fromByteArray([...address.address]).toString()}/${String(bits.lastIndexOf("1") + 1)}`
    : undefined;
}
