import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { aggregatedOperatorRolesOff } from "../../../../policy/rules/rbac/aggregated-operator-roles-off.ts";
import { findings } from "../lab.ts";
import { clusterRole } from "./manifests.ts";

const judged = (rules: string, labels?: string) =>
  findings(aggregatedOperatorRolesOff, clusterRole("r", rules, labels));
const clusters = "[{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [get] }]";
const aggregatesTo = (name: string, value = '"true"') => `{ rbac.authorization.k8s.io/aggregate-to-${name}: ${value} }`;

test("is satisfied by the operator's own manifest", () => {
  const manifest = new URL("../../../../components/operator/releases/cnpg-1.30.0.yaml", import.meta.url);
  expect(findings(aggregatedOperatorRolesOff, readFileSync(manifest, "utf8"))).toEqual([]);
});

test.each<[string, string?]>([
  [clusters],
  [clusters, "{ app.kubernetes.io/name: cloudnative-pg }"],
  [clusters, aggregatesTo("view", '"false"')],
  ['[{ apiGroups: [""], resources: [pods], verbs: [get] }]', aggregatesTo("view")],
  [`[{ apiGroups: [cert-manager.io], resources: ["*"], verbs: ["*"] }]`, aggregatesTo("admin")],
])("lets %s with %s be", (rules, labels) => {
  expect(judged(rules, labels)).toEqual([]);
});

test.each([
  [clusters, aggregatesTo("view"), "becomes part of view"],
  [clusters, aggregatesTo("edit"), "becomes part of edit"],
  [clusters, aggregatesTo("cluster-reader"), "becomes part of cluster-reader"],
  ["[{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]", aggregatesTo("admin"), "becomes part of admin"],
  [clusters, aggregatesTo("edit", unknownValue), "becomes part of edit"],
  [unknownValue, aggregatesTo("edit"), "becomes part of edit"],
  [clusters, unknownValue, "its labels are not known before up"],
])("finds %s with %s", (rules, labels, expected) => {
  expect(judged(rules, labels)).toEqual([`ClusterRole r: ${expected}`]);
});
