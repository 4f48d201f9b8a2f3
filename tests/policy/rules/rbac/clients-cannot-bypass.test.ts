import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { clientsCannotBypass } from "../../../../policy/rules/rbac/clients-cannot-bypass.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened } from "../sound.ts";
import { myapp, roleBinding, secretRule, secretRuleAnd } from "./manifests.ts";

const operator = readFileSync(
  new URL("../../../../components/operator/releases/cnpg-1.30.0.yaml", import.meta.url),
  "utf8",
);
const judged = (yaml: string) => findings(clientsCannotBypass, yaml);
const withRule = (rule: string) => weakened(secretRule, secretRuleAnd(rule));
const subject = "Role production/read-pg-app-secret: ServiceAccount production/myapp";
const byRole = "RoleBinding production/read-pg-app-secret -> Role production/read-pg-app-secret";

test.each([
  ["the sound stack", sound],
  ["reading pods", withRule('{ apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch] }')],
  [
    "a lock for leader election",
    withRule("{ apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, update] }"),
  ],
  ["view, as a cluster has it", beside(roleBinding("ClusterRole view", myapp))],
  ["the operator's own manifest", `${sound}---\n${operator}`],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

test.each([
  ['{ apiGroups: [""], resources: [pods], verbs: [create] }', "run-pods"],
  ["{ apiGroups: [apps], resources: [deployments], verbs: [patch] }", "change-workloads"],
  ['{ apiGroups: [""], resources: [pods/exec], verbs: [create] }', "enter-pods"],
  ['{ apiGroups: [""], resources: ["*/portforward"], verbs: [get] }', "forward-ports"],
  ['{ apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }', "mint-tokens"],
  ["{ apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [delete] }", "write-network-policies"],
  ['{ apiGroups: [""], resources: [services], verbs: [update] }', "redirect-clients"],
])("finds %s", (rule, power) => {
  expect(judged(withRule(rule))).toEqual([`${subject} may ${power} (production), by ${byRole}`]);
});

test("finds the Secret of the certificate authority by its name", () => {
  const yaml = weakened("resourceNames: [pg-app-credentials]", "resourceNames: [pg-app-credentials, pg-ca]");
  expect(judged(yaml)).toEqual([`${subject} may read-secrets (production/pg-ca), by ${byRole}`]);
});

test("finds a way of two steps, and what edit gives", () => {
  const bind = "{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind] }";
  const write = "{ apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }";
  expect(judged(withRule(`${bind}\n  - ${write}`))).toEqual([`${subject} may bind (production), by ${byRole}`]);
  expect(judged(beside(roleBinding("ClusterRole edit", myapp))).join()).toMatch(/run-pods .* enter-pods/);
});
