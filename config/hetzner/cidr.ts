/** The `index`-th part of an IPv4 network, `bits` narrower: subnet("10.0.0.0/16", 8, 255) is 10.0.255.0/24. */
export function subnet(cidr: string, bits: number, index: number): string {
  const prefix = prefixOf(cidr) + bits;
  return `${address(network(cidr) + index * 2 ** (32 - prefix))}/${String(prefix)}`;
}

/** The `index`-th address of an IPv4 network; host("10.0.255.0/24", 101) is 10.0.255.101. */
export function host(cidr: string, index: number): string {
  return address(network(cidr) + index);
}

/** Length of the fixed part, in bits. */
export function prefixOf(cidr: string): number {
  return Number(cidr.split("/")[1]);
}

function network(cidr: string): number {
  const bytes = (cidr.split("/")[0] ?? "").split(".").map(Number);
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return value - (value % 2 ** (32 - prefixOf(cidr)));
}

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
