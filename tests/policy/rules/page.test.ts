import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { rulesPage } from "../../../policy/page.ts";
import { rules } from "../../../policy/rules/index.ts";
import type { Rule } from "../../../policy/rules/rule.ts";

const policy = join(import.meta.dirname, "..", "..", "..", "policy");

test("RULES.md says what the rules say of themselves (npm run docs writes it)", () => {
  expect(readFileSync(join(policy, "RULES.md"), "utf8")).toBe(rulesPage());
});

test("every rule is registered, once, under the name of its file", async () => {
  const files = globSync("rules/*/*.ts", { cwd: policy }).sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const module = (await import(join(policy, file))) as Record<string, unknown>;
      return Object.values(module)
        .filter(isRule)
        .map(({ name }) => ({ name, file: basename(file, ".ts") }));
    }),
  );
  expect(found.flat().map(({ file }) => file)).toEqual(found.flat().map(({ name }) => name));
  expect(rules.map(({ name }) => name).sort()).toEqual(
    found
      .flat()
      .map(({ name }) => name)
      .sort(),
  );
});

test.each(rules.map((rule) => [rule.name, rule] as const))("%s is described as the others are", (_, rule) => {
  expect(rule.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(rule.description).toMatch(/\.$/);
  expect(rule.fix).toMatch(/[^.]$/);
  expect(rule.url).toMatch(/^https:\/\//);
  for (const { description } of Object.values(rule.parameters ?? {})) expect(description).toMatch(/[^.]$/);
});

function isRule(value: unknown): value is Rule {
  return typeof value === "object" && value !== null && "scope" in value && "judge" in value;
}
