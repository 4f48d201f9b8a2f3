import ipaddr from "ipaddr.js";
import { contains, readRange, type Range } from "../network/cidr.ts";
import { overlap } from "../network/pod-addresses.ts";

/** Whether a CIDR is all addresses of its family. */
export function isEverything(cidr: string): boolean {
  return readRange(cidr)?.prefix === 0;
}

/** Whether a CIDR holds all of another one. */
export function holds(outer: string, inner: string): boolean {
  const [wide, narrow] = [readRange(outer), readRange(inner)];
  return wide !== undefined && narrow !== undefined && contains(wide, narrow);
}

/** The shortest prefixes that still name somebody: a private network of this size is one of a cluster, or of a company's. */
const shortestPrefix = { ipv4: 16, ipv6: 48 } as const;

/** Whether a range says nothing of who is meant: it holds pods, several addresses of the internet, or most private ones. */
export function isVague(cidr: string, podCidrs: readonly string[]): boolean {
  const range = readRange(cidr);
  if (range === undefined || range.prefix < shortestPrefix[range.family]) return true;
  const isSingle = range.prefix === range.bytes.length * 8;
  return podCidrs.some((pods) => overlap(pods, cidr)) || (!isSingle && isPublic(range));
}

function isPublic({ bytes }: Range): boolean {
  return ipaddr.fromByteArray([...bytes]).range() === "unicast";
}

/**
 * An address of `cidr` that lies in none of `others` (those that hold all of it aside), so that it stands for the rest of
 * the range; undefined where the others fill it.
 */
export function representative(cidr: string, others: readonly string[]): string | undefined {
  const range = readRange(cidr);
  if (range === undefined) return undefined;
  const holes = others
    .flatMap((other) => readRange(other) ?? [])
    .filter((hole) => contains(range, hole) && hole.prefix > range.prefix);
  const free = firstFree(range, holes);
  return free === undefined ? undefined : ipaddr.fromByteArray([...free.bytes]).toString();
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
