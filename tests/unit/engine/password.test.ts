import { expect, test } from "vitest";
import { defaultRules, password, whyImpossible } from "../../../local/engine/plugins/random/generate.ts";

const rules = (more: Partial<typeof defaultRules> & { length: number }) => ({ ...defaultRules, ...more });

test("passwords have their length and their minimums, every time", () => {
  const wanted = rules({ length: 12, minLower: 3, minUpper: 3, minNumeric: 3, minSpecial: 3, overrideSpecial: "-" });
  for (let round = 0; round < 200; round++) {
    const made = password(wanted);
    expect(made).toHaveLength(12);
    expect([/[a-z]/g, /[A-Z]/g, /[0-9]/g, /-/g].map((one) => made.match(one)?.length)).toEqual([3, 3, 3, 3]);
  }
});

test("passwords use nothing but what is allowed, and all of it", () => {
  const made = password(rules({ length: 2000, upper: false, special: false }));
  expect([...new Set(made)].toSorted().join("")).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
});

test("the required characters do not stand in front", () => {
  const made = Array.from({ length: 100 }, () => password(rules({ length: 20, minSpecial: 1, special: true })));
  const first = made.filter((one) => !/[a-z0-9]/i.test(one.charAt(0)));
  expect(first.length).toBeLessThan(90);
});

test("passwords differ", () => {
  expect(new Set(Array.from({ length: 100 }, () => password(rules({ length: 16 })))).size).toBe(100);
});

test("rules that nobody can obey are explained", () => {
  expect(whyImpossible(rules({ length: 4, minLower: 3, minNumeric: 3 }))).toContain("add up to 6");
  expect(whyImpossible(rules({ length: 0 }))).toContain("at least 1");
  expect(whyImpossible(rules({ length: 8, lower: false, upper: false, numeric: false, special: false }))).toContain(
    "switched off",
  );
  expect(whyImpossible(rules({ length: 8 }))).toBeUndefined();
});
