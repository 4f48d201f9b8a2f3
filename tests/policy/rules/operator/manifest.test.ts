import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rules } from "../../../../policy/rules/index.ts";
import { findings, manifests } from "../lab.ts";

const release = new URL("../../../../components/operator/releases/cnpg-1.30.0.yaml", import.meta.url);
const operator = manifests(readFileSync(release, "utf8"));

/** What is found in the operator's own release manifest, with the reason why that is true. */
const known: Readonly<Record<string, readonly string[]>> = {};

test("the manifest is whole", () => {
  const kinds = new Set(operator.flatMap(({ objects }) => objects.map(({ kind }) => kind)));
  expect([...kinds]).toEqual(expect.arrayContaining(["Deployment", "ValidatingWebhookConfiguration", "ClusterRole"]));
});

test.each(rules.map((rule) => [rule.name, rule] as const))("%s has nothing against the operator", (name, rule) => {
  expect(findings(rule, operator)).toEqual(known[name] ?? []);
});
