import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import type { Bytes } from "./bytes.ts";

/** An address or a mask: 4 or 16 numbers. */
export type Octets = readonly number[];

/** The client addresses a line is for. */
export type Address =
  | { readonly kind: "all" | "samehost" | "samenet" }
  | { readonly kind: "range"; readonly address: Octets; readonly mask: Octets }
  | { readonly kind: "host"; readonly name: Bytes };

/**
 * The octets of a numeric address as the C library reads it: IPv4 also with fewer than four parts and with octal or
 * hexadecimal parts, IPv6 also with a zone, which no comparison looks at. Undefined for what is a host name.
 */
export function parseAddress(text: Bytes): Octets | undefined {
  if (!text.includes(":") && ipaddr.IPv4.isValid(text)) return ipaddr.IPv4.parse(text).toByteArray();
  const [address, zone] = splitAt(text, "%");
  if (!isIPv6(address)) return undefined;
  const octets = ipaddr.IPv6.parse(withoutDots(address)).toByteArray();
  return zone === undefined || isZone(zone, octets) ? octets : undefined;
}

/** An IPv6 address whose last four octets are not written as an IPv4 address. */
function withoutDots(address: string): string {
  return address.replace(/[0-9.]+$/, (tail) => {
    const [a, b, c, d] = tail.split(".").map(Number);
    if (a === undefined || b === undefined || c === undefined || d === undefined) return tail;
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

/** The mask with so many leading ones, or undefined where the number is none or does not fit. */
export function prefixMask(bits: Bytes, length: number): Octets | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(bits)) return undefined;
  const count = Number(bits);
  if (count < 0 || count > length * 8) return undefined;
  return Array.from({ length }, (_, index) => 0x100 - (0x100 >> Math.min(8, Math.max(0, count - index * 8))));
}

/** Whether an address lies in a range. Families never mix, IPv4-mapped IPv6 addresses included. */
export function inRange(client: Octets, address: Octets, mask: Octets): boolean {
  return (
    client.length === address.length &&
    client.every((octet, index) => ((octet ^ (address[index] ?? 0)) & (mask[index] ?? 0)) === 0)
  );
}

/** An address as the C library prints it. */
export function formatAddress(octets: Octets): string {
  if (octets.length === 4) return octets.join(".");
  const address = new ipaddr.IPv6([...octets]);
  const leadingZeros = address.parts.findIndex((part) => part !== 0);
  const embedded = octets.slice(12).join(".");
  if (leadingZeros === 6) return `::${embedded}`;
  if (leadingZeros === 5 && address.parts[5] === 0xffff) return `::ffff:${embedded}`;
  return address.toRFC5952String();
}

/** Splits at the first separator; the second part is undefined where there is none. */
export function splitAt(text: Bytes, separator: string): [Bytes, Bytes | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The interfaces that a container has; their names are zones of link-local addresses only. */
const interfaces = ["lo", "eth0"];

function isZone(zone: Bytes, octets: Octets): boolean {
  const [first = 0, second = 0] = octets;
  const linkLocal = (first === 0xfe && second >> 6 === 2) || (first === 0xff && (second & 0xf) === 2);
  if (linkLocal && interfaces.includes(zone)) return true;
  return /^[0-9]+$/.test(zone) && Number(zone) <= 0xffffffff;
}
