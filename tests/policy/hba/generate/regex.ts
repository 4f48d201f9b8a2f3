import type { Random } from "../../random.ts";
import { many, weighted } from "./choose.ts";

/** An advanced regular expression, mostly one that says something about the names, often a broken one. */
export function regex(random: Random, names: readonly string[]): string {
  const text = weighted(random, [
    [3, () => `^${fragment(random, names)}`],
    [2, () => `${fragment(random, names)}$`],
    [2, () => `^${escapeAll(random.pick(names))}$`],
    [8, () => expression(random, names, 2)],
    [1, () => random.pick(oddities)],
    [2, () => `${random.pick(prefixes)}${expression(random, names, 1)}`],
  ])();
  const tokenSafe = text.replace(/["\r\n]/g, "");
  return /[ \t,#]/.test(tokenSafe) ? `"${tokenSafe}"` : tokenSafe;
}

const prefixes = ["(?i)", "(?x)", "(?q)", "(?e)", "(?n)", "(?s)", "***=", "***:", "(?z)", "(?i", "***?", "***", "(?w)"];
const oddities = [
  ..."a{1|a{2,1}|a{256}|a{1,2|a{,2}|a{x}|(|)|[|[]|[]a]|[^]a]|[a-]|[z-a]|[a|[[:alpha:]_]+|[[:nope:]]|[[.hyphen.]]".split(
    "|",
  ),
  ..."[[.nope.]];[[=a=]];[[:<:]]app;[[:alpha:];\\;a**;*a;a|*b;^*;(?=a)*;(?<=app)_;(?<!x)app;(?!app).;(?:a;(?a;\\8;(a)\\1".split(
    ";",
  ),
  ..."(.)\\1 (a\\1) \\1 ([a-z]).*\\1 \\u0061 \\x61pp \\x \\U00000061 \\101pp \\m[a-z] [a-z]\\M \\y \\Y \\A \\Z \\q".split(
    " ",
  ),
  ..."[\\d_] [\\w-z] [\\m] [a-\\d] \\cA \\ca+ [a\\]] []-a] [--/] a{0} (a){0}\\1 (p)\\1 (p|q)*\\1 ((a)|b)*\\2 a{1,2}?p{2} a{0,}".split(
    " ",
  ),
  ..."( ()app app| |app a|b|app . .* .+? ^$ ^.{3}$ ^.{63}$ a{3}{2} (a+)+$ (a|a)*$ ([a-z]+)*_user (?#comment)app".split(
    " ",
  ),
];

function expression(random: Random, names: readonly string[], depth: number): string {
  return many(random, 1, random.chance(0.25) ? 3 : 1, () => branch(random, names, depth)).join("|");
}

function branch(random: Random, names: readonly string[], depth: number): string {
  return many(random, 1, 3, () => atom(random, names, depth) + quantifier(random)).join("");
}

function atom(random: Random, names: readonly string[], depth: number): string {
  const nested = () => (depth > 0 ? expression(random, names, depth - 1) : "p");
  return weighted(random, [
    [6, () => fragment(random, names)],
    [2, () => "."],
    [1, () => random.pick(["^", "$", "\\A", "\\Z", "\\m", "\\M", "\\y", "\\Y"])],
    [2, () => random.pick(["\\d", "\\w", "\\s", "\\D", "\\W", "\\S"])],
    [
      2,
      () =>
        random.pick(["[a-z]", "[^a-z]", "[_0-9]", "[[:alpha:]]", "[[:^alpha:]]", "[^[:upper:]_]", "[\\w-]", "[+-]"]),
    ],
    [2, () => `(${nested()})`],
    [1, () => `(?:${nested()})`],
    [1, () => `(?${random.pick(["=", "!", "<=", "<!"])}${nested()})`],
    [0.5, () => `\\${String(random.between(1, 3))}`],
    [0.3, () => random.pick(["(", ")", "[", "]", "{", "}", "\\"])],
  ])();
}

function quantifier(random: Random): string {
  return random.chance(0.7)
    ? ""
    : random.pick(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,}", "{1,}?", "{0}"]);
}

function fragment(random: Random, names: readonly string[]): string {
  const name = random.pick(names).replace(/[^a-zA-Z_]/g, "");
  const start = random.between(0, Math.max(0, name.length - 1));
  return name.slice(start, start + random.between(1, 4)) || "a";
}

function escapeAll(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, (char) => `\\${char}`);
}
