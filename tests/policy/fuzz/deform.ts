import { isObject, type Json } from "../../../policy/analysis/json.ts";
import { many } from "../hba/generate/choose.ts";
import type { Random } from "../random.ts";

const values: readonly Json[] = [
  null,
  true,
  -1,
  1e9,
  "",
  "x",
  "${",
  "0.0.0.0/0",
  [],
  [null],
  {},
  { "": [] },
  { x: { y: [1] } },
];

/** The same value with some node in it replaced, dropped or doubled. */
export function deformed(value: Json, random: Random): Json {
  if (random.chance(0.08)) return random.pick(values);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => (random.chance(0.5) ? deformed(item, random) : item));
    return random.chance(0.05) ? [...items, ...items] : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => !random.chance(0.02))
      .map(([key, field]) => [key, random.chance(0.5) ? deformed(field, random) : field]),
  );
}

const pieces = [
  ...["---\n", "...\n", "\n", "\r\n", "\r", "\t", " ", "  ", "\0", "\ufeff", "\u2028", "\u{1f600}", "\ufffd"],
  ...["&a ", "*a", "<<: *a\n", "!!binary ", "!x ", "%YAML 1.2\n", "%TAG ! x\n", "? ", ": ", "- ", "| \n", ">-\n"],
  ...["{", "}", "[", "]", ",", '"', "'", "\\", "\\u0000", "#", "@", "`", "~", "null", "true", "1e999", "0x", "-.inf"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "apiVersion",
    "kind: List\n",
    "items",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  ],
];

/** The same text with some of its parts cut, doubled, moved or overwritten. */
export function mangled(text: string, random: Random): string {
  let result = text;
  for (let times = random.between(1, 6); times > 0; times--) {
    const start = random.between(0, result.length);
    const end = Math.min(result.length, start + random.pick([0, 1, 1, 5, 40, 400]));
    const part = result.slice(start, end);
    const instead = random.pick([
      "",
      part + part,
      random.pick(pieces),
      many(random, 1, 8, () => random.pick(pieces)).join(""),
    ]);
    result = result.slice(0, start) + instead + result.slice(end);
  }
  return random.chance(0.03) ? result + random.pick(pieces).repeat(random.pick([100, 20_000])) : result;
}

/** Any bytes at all. */
export function anyBytes(random: Random): Buffer {
  return Buffer.from(many(random, 0, 2000, () => random.between(0, 255)));
}
