import { expect, test } from "vitest";
import { rules } from "../../../policy/rules/index.ts";
import { badExample, rulesWithExample } from "./examples.ts";
import { findings } from "./lab.ts";

test.each(rules.map((rule) => [rule.name, rule] as const))("%s finds what is wrong in its example", (name, rule) => {
  const found = findings(rule, badExample(name)).filter((finding) => !finding.startsWith("undecided: "));
  expect(found).not.toEqual([]);
});

test("no example is of a rule that there is not", () => {
  const names = rules.map(({ name }) => name);
  expect(rulesWithExample.filter((name) => !names.includes(name))).toEqual([]);
});
