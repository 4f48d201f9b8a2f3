import type { Bytes } from "./bytes.ts";

/** A number as C's `atoi` reads it: 0 for what is none, wrapped to 32 bits. */
export function parseInteger(text: Bytes): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(text)?.[1];
  if (digits === undefined) return 0;
  const value = BigInt(digits.replace("+", ""));
  const limit = 2n ** 63n;
  const clamped = value >= limit ? limit - 1n : value < -limit ? -limit : value;
  return Number(BigInt.asIntN(32, clamped));
}

/** The members of a comma-separated list, bare or in double quotes; undefined where it is malformed. */
export function splitList(text: Bytes): readonly Bytes[] | undefined {
  if (/^[ \t\n\v\f\r]*$/.test(text)) return [];
  const members: Bytes[] = [];
  const member = /[ \t\n\v\f\r]*(?:"([^"]*(?:""[^"]*)*)"|([^," \t\n\v\f\r][^, \t\n\v\f\r]*))[ \t\n\v\f\r]*(,|$)/y;
  for (;;) {
    const match = member.exec(text);
    if (match === null) return undefined;
    members.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") return members;
  }
}
