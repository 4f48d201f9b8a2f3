import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noPolicySelectsNothing } from "../../../../policy/rules/network/no-policy-selects-nothing.ts";
import { findings } from "../lab.ts";
import { beside, sound } from "../sound.ts";
import { policy } from "./policy.ts";

const judged = (labels: string, namespace?: string, ports = "[{ port: 8000 }]") => {
  const spec = `{ podSelector: ${labels.startsWith("{") ? `{ matchLabels: ${labels} }` : labels}, ingress: [{ ports: ${ports} }] }`;
  return findings(noPolicySelectsNothing, beside(policy("p", spec, namespace)));
};

test("is satisfied by the sound stack", () => {
  expect(findings(noPolicySelectsNothing, sound)).toEqual([]);
});

test.each<[string, string?]>([
  ["{ cnpg.io/cluster: pg }"],
  ["{ cnpg.io/cluster: pg, cnpg.io/instanceName: pg-7, cnpg.io/instanceRole: replica }"],
  ["{ cnpg.io/cluster: pg, cnpg.io/jobRole: initdb }"],
  ["{ app: myapp }"],
  // Pods that another stack or a chart makes.
  ["{ app: redis }"],
  ["{ cnpg.io/cluster: other }", "elsewhere"],
])("lets %s be, in %s", (labels, namespace) => {
  expect(judged(labels, namespace)).toEqual([]);
});

const nothing = "it selects no pod of this stack";
test.each([
  ["{ cnpg.io/cluster: pgg }", undefined, nothing],
  ["{ cnpg.io/clutser: pg }", undefined, nothing],
  ["{ cnpg.io/cluster: pg, cnpg.io/podRole: instances }", undefined, nothing],
  ["{ cnpg.io/cluster: PG }", undefined, nothing],
  ["{ cnpg.io/cluster: pg, cnpg.io/poolerName: rw }", undefined, nothing],
  ["{ cnpg.io/cluster: pg }", "default", "it selects nothing in default: Cluster pg is in production"],
  [unknownValue, undefined, "what it selects is not known before up"],
])("finds %s in %s", (labels, namespace, expected) => {
  expect(judged(labels, namespace)).toEqual([`NetworkPolicy ${namespace ?? "production"}/p: ${expected}`]);
});

test("takes a policy on PostgreSQL's port for one that is meant for the database", () => {
  expect(judged("{ app: pg }", undefined, "[{ port: 5432 }]")).toEqual([`NetworkPolicy production/p: ${nothing}`]);
});
