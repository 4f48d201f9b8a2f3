import ipaddr from "ipaddr.js";
import { contains, overlap, rangeKey, readRange, type Range } from "../network/cidr.ts";
import { isNodeAddress } from "../network/pod-addresses.ts";

/** Whether a CIDR is all addresses of its family. */
export function isEverything(cidr: string): boolean {
  return readRange(cidr)?.prefix === 0;
}

/** The shortest prefixes that still name somebody: a private network of this size is one of a cluster, or of a company's. */
const shortestPrefix = { ipv4: 16, ipv6: 48 } as const;

/** Whether a range says nothing of who is meant: it holds pods, several addresses of the internet, or most private ones. */
export function isVague(cidr: string, podCidrs: readonly string[]): boolean {
  const range = readRange(cidr);
  if (range === undefined || range.prefix < shortestPrefix[range.family]) return true;
  const isSingle = range.prefix === range.bytes.length * 8;
  const holdsPods = !isNodeAddress(range) && podCidrs.some((pods) => overlap(pods, cidr));
  return holdsPods || (!isSingle && isPublic(range));
}

function isPublic({ bytes }: Range): boolean {
  return ipaddr.fromByteArray([...bytes]).range() === "unicast";
}

/**
 * Finds an address of a CIDR that lies in none of `others` (those that hold all of it aside), so that it stands for the
 * rest of the range; undefined where the others fill it.
 */
export function representatives(others: readonly string[]): (cidr: string) => string | undefined {
  const sorted = others
    .flatMap((other) => readRange(other) ?? [])
    .map((range) => ({ range, key: rangeKey(range) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return (cidr) => {
    const range = readRange(cidr);
    if (range === undefined) return undefined;
    const free = firstFree(range, holesIn(sorted, rangeKey(range)));
    return free === undefined ? undefined : ipaddr.fromByteArray([...free.bytes]).toString();
  };
}

interface Keyed {
  readonly range: Range;
  readonly key: string;
}

/** The ranges that lie in one with this key, itself aside: in order they follow each other. */
function holesIn(sorted: readonly Keyed[], key: string): Range[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.key ?? "") <= key) low = middle + 1;
    else high = middle;
  }
  const holes: Range[] = [];
  for (let at = low; sorted[at]?.key.startsWith(key) === true; at++) {
    const hole = sorted[at]?.range;
    if (hole !== undefined) holes.push(hole);
  }
  return holes;
}

/** The first half, quarter, … of a range that no hole touches. */
function firstFree(range: Range, holes: readonly Range[]): Range | undefined {
  const touching = holes.filter((hole) => contains(range, hole) || contains(hole, range));
  if (touching.length === 0) return range;
  if (touching.some((hole) => contains(hole, range))) return undefined;
  const [low, high] = halves(range);
  return firstFree(low, touching) ?? firstFree(high, touching);
}

function halves({ family, bytes, prefix }: Range): readonly [Range, Range] {
  const low = bytes.map((byte, index) => byte & maskOf(prefix, index));
  const high = low.map((byte, index) => (index === prefix >> 3 ? byte | (0x80 >> (prefix & 7)) : byte));
  return [
    { family, bytes: low, prefix: prefix + 1 },
    { family, bytes: high, prefix: prefix + 1 },
  ];
}

function maskOf(prefix: number, index: number): number {
  const bits = Math.min(Math.max(prefix - index * 8, 0), 8);
  return (0xff << (8 - bits)) & 0xff;
}
