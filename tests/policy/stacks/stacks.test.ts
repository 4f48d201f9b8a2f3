import { beforeAll, describe, expect, test } from "vitest";
import { findings, judged, type Judged } from "./findings.ts";
import { harmless } from "./harmless.ts";
import { hbaMutants } from "./hba-mutants.ts";
import { networkMutants } from "./network-mutants.ts";
import { rbacMutants } from "./rbac-mutants.ts";
import { stackOf } from "./stack.ts";
import { stacks } from "./stacks.ts";

const mutants = [...networkMutants, ...hbaMutants, ...rbacMutants];

let originals: readonly { readonly name: string; readonly objects: readonly object[]; readonly sound: Judged }[];
beforeAll(async () => {
  const rendered = Object.entries(await stacks());
  originals = rendered.map(([name, objects]) => ({ name, objects, sound: judged(stackOf(objects)) }));
}, 120_000);

/** The findings on each stack after a change. */
function found(change: (typeof mutants)[number]["change"]) {
  return originals.map(({ name, objects, sound }) => {
    const mutant = stackOf(objects);
    change(mutant);
    return [name, findings(sound, judged(mutant))] as const;
  });
}

describe("a change that counts is found, and nothing else", () => {
  test.each(mutants)("$name", ({ change, finding }) => {
    for (const [name, lines] of found(change)) expect(lines, name).toEqual([...finding].sort());
  });
});

describe("a change that does not count is not", () => {
  test.each(harmless)("$name", ({ change }) => {
    for (const [name, lines] of found(change)) expect(lines, name).toEqual([]);
  });
});

test("enough is changed", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(25);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(originals).toHaveLength(4);
});
