import { describe, expect, test } from "vitest";
import { maxExpansion } from "../../../policy/analysis/load/aliases.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";

const good = "---\napiVersion: v1\nkind: Pod\nmetadata: { name: good }\n";
const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: shared }\n";
const times = (count: number, text: string) => Array<string>(count).fill(text).join(",");

/** Lists in lists: ten lines that stand for ten billion letters. */
const bomb = Array.from({ length: 10 }, (_, level) => {
  const item = level === 0 ? "a" : `*x${String(level - 1)}`;
  return `x${String(level)}: &x${String(level)} [${times(10, item)}]\n`;
}).join("");

/** What is read of a document, with a good one after it. */
function read(document: string) {
  const { objects, problems } = parseManifests(document + good, "a.yaml");
  return { names: objects.map(({ name }) => name), problems };
}

describe("what aliases stand for is read as if it were written out, up to a bound", () => {
  test("a few are fine", () => {
    const { names, problems } = read(`${pod}x: &x { a: [1, 2] }\ny: { <<: *x, b: *x }\n`);
    expect(names).toEqual(["shared", "good"]);
    expect(problems).toEqual([]);
  });

  test.each([
    ["lists in lists", `${pod}${bomb}spec: *x9\n`, 9],
    ["mappings in mappings", `${pod}${bomb.replaceAll(/\[(.*)\]/g, "[{ a: [$1] }]")}`, 9],
    ["one long text", `${pod}x: &x "${"a".repeat(maxExpansion / 100)}"\ny: [${times(101, "*x")}]\n`, 5],
    ["as keys", `${pod}${bomb}? *x9\n: 1\n`, 9],
    ["merged", `${pod}${bomb}y: { <<: [${times(3, "{ a: *x9 }")}] }\n`, 9],
  ])("%s: beyond the bound the document is refused at the line that passes it", (_case, text, line) => {
    const { names, problems } = read(text);
    expect(names).toEqual(["good"]);
    const message = "not readable as YAML: its aliases stand for more than 1 MiB of text";
    expect(problems).toEqual([{ file: "a.yaml", line, message, unread: true }]);
  });

  test("the bound holds for a file, in how many documents its aliases may stand", () => {
    const document = `${pod}x: &x "${"a".repeat(maxExpansion / 4)}"\ny: [*x, *x]\n---\n`;
    expect(read(document).names).toEqual(["shared", "good"]);
    expect(read(document.repeat(3)).names).toEqual(["shared", "good"]);
  });

  test("what holds itself is refused, as the API server's reader does", () => {
    const { names, problems } = read(`${pod}x:\n  y: &x [1, *x]\n`);
    expect(names).toEqual(["good"]);
    expect(problems).toMatchObject([{ line: 5, message: 'not readable as YAML: alias "x" stands inside of itself' }]);
  });

  test("a name that is given again means the later one", () => {
    expect(read(`${pod}x: &x [1]\ny: &x [2]\nz: [*x, *x]\n`).names).toEqual(["shared", "good"]);
  });
});
