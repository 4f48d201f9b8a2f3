import ipaddr from "ipaddr.js";
import type { Trilean } from "../trilean.ts";
import type { Block } from "./model.ts";

/** A range of addresses of one family. */
export interface Range {
  readonly family: "ipv4" | "ipv6";
  /** The bytes of the network address. */
  readonly bytes: readonly number[];
  /** How many leading bits are fixed. */
  readonly prefix: number;
}

const ranges = new Map<string, Range | undefined>();

/** Reads an address or a CIDR, or gives undefined where it is neither. An address is the range of itself. */
export function readRange(value: string): Range | undefined {
  if (!ranges.has(value)) ranges.set(value, parseRange(value));
  return ranges.get(value);
}

function parseRange(value: string): Range | undefined {
  const text = value.includes("/") ? value : `${value}/${value.includes(":") ? "128" : "32"}`;
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text) && !ipaddr.IPv6.isValidCIDR(text)) return undefined;
  const [address, prefix] = ipaddr.parseCIDR(text);
  return { family: address.kind(), bytes: address.toByteArray(), prefix };
}

/** Whether a range contains all of another. Families never mix. */
export function contains(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  return outer.bytes.every((byte, index) => {
    const bits = Math.min(Math.max(outer.prefix - index * 8, 0), 8);
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((inner.bytes[index] ?? 0) & mask);
  });
}

/** The fixed bits of a range: another one lies in it where its key begins with this one. */
export function rangeKey({ family, bytes, prefix }: Range): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return `${family} ${bits.slice(0, prefix)}`;
}

/** Whether a CIDR holds all of another one. */
export function holds(outer: string, inner: string): boolean {
  const [wide, narrow] = [readRange(outer), readRange(inner)];
  return wide !== undefined && narrow !== undefined && contains(wide, narrow);
}

/** Whether two CIDRs have an address in common. */
export function overlap(one: string, other: string): boolean {
  return holds(one, other) || holds(other, one);
}

/** Whether a block admits an address, as the standard reads it; undecided where the address is not known. */
export function blockAdmits(block: Block, address: string | undefined): Trilean {
  if (address === undefined) return null;
  const asked = readRange(address);
  const within = (cidr: string) => {
    const range = readRange(cidr);
    return asked !== undefined && range !== undefined && contains(range, asked);
  };
  return within(block.cidr) && !block.except.some(within);
}

/** What the API server refuses about a block. */
export function blockProblem({ cidr, except }: Block): string | undefined {
  const range = readRange(cidr);
  if (!cidr.includes("/") || range === undefined) return `ipBlock.cidr ${JSON.stringify(cidr)} is not a CIDR`;
  for (const hole of except) {
    const inner = readRange(hole);
    if (!hole.includes("/") || inner === undefined) return `ipBlock.except ${JSON.stringify(hole)} is not a CIDR`;
    if (!contains(range, inner) || inner.prefix === range.prefix) {
      return `ipBlock.except ${hole} does not lie inside ${cidr}`;
    }
  }
  return undefined;
}
