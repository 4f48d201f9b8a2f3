import { describe, expect, test } from "vitest";
import { clientsWithoutCnpgPower } from "../../../../policy/rules/rbac/clients-without-cnpg-power.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened } from "../sound.ts";
import { clusterRole, clusterRoleBinding, myapp, roleBinding, secretRule, secretRuleAnd } from "./manifests.ts";

const judged = (yaml: string, parameters = {}) => findings(clientsWithoutCnpgPower, yaml, parameters);
const withRule = (rule: string) => weakened(secretRule, secretRuleAnd(rule));
const byRole = "RoleBinding production/read-pg-app-secret -> Role production/read-pg-app-secret";
const serviceAccounts = "{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:serviceaccounts }";

test.each([
  ["the sound stack", sound],
  ["pods of any group", withRule('{ apiGroups: ["*"], resources: [pods], verbs: [get] }')],
  ["view, as a cluster has it", beside(roleBinding("ClusterRole view", myapp))],
  [
    "somebody else's power",
    beside(
      `${clusterRole("dba", "[{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [patch] }]")}---\n` +
        roleBinding("ClusterRole dba", "{ kind: ServiceAccount, name: dba }"),
    ),
  ],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

describe("finds power by", () => {
  test.each([
    [
      "the status",
      "{ apiGroups: [postgresql.cnpg.io], resources: [clusters/status], verbs: [patch] }",
      "patch clusters/status (postgresql.cnpg.io) in production",
    ],
    [
      "reading",
      "{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [get, list] }",
      "get, list clusters (postgresql.cnpg.io) in production",
    ],
    [
      "a plugin's group",
      "{ apiGroups: [barmancloud.cnpg.io], resources: [objectstores], verbs: [update] }",
      "update objectstores (barmancloud.cnpg.io) in production",
    ],
    ["every group", "{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }", "* * (*) in production"],
    [
      "a subresource of all",
      "{ apiGroups: ['*'], resources: ['*/status'], verbs: [update] }",
      "update */status (*) in production",
    ],
    [
      "a kind in every group",
      "{ apiGroups: ['*'], resources: [poolers], verbs: [create] }",
      "create poolers (*) in production",
    ],
  ])("%s", (_, rule, expected) => {
    expect(judged(withRule(rule))).toEqual([
      `Role production/read-pg-app-secret: ServiceAccount production/myapp may ${expected}, by ${byRole}`,
    ]);
  });

  const writes = "[{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [update] }]";
  const way = "may update clusters (postgresql.cnpg.io) in";
  test.each([
    [
      "what becomes part of edit",
      // The labels that the chart's rbac.aggregateClusterRoles gives: charts/cloudnative-pg/templates/rbac.yaml.
      `${clusterRole("cnpg-edit", writes, '{ rbac.authorization.k8s.io/aggregate-to-edit: "true" }')}---\n${roleBinding("ClusterRole edit", myapp)}`,
      `ClusterRole cnpg-edit: ServiceAccount production/myapp ${way} production, by RoleBinding production/more -> ClusterRole edit -> ClusterRole cnpg-edit`,
    ],
    [
      "a group that everybody is in",
      `${clusterRole("dba", writes)}---\n${clusterRoleBinding("ClusterRole dba", serviceAccounts)}`,
      `ClusterRole dba: ServiceAccount production/myapp ${way} every namespace, by ClusterRoleBinding more -> ClusterRole dba`,
    ],
    [
      "its name as a user",
      `${clusterRole("dba", writes)}---\n${clusterRoleBinding("ClusterRole dba", '{ kind: User, name: "system:serviceaccount:production:myapp" }')}`,
      `ClusterRole dba: ServiceAccount production/myapp ${way} every namespace, by ClusterRoleBinding more -> ClusterRole dba`,
    ],
  ])("%s", (_, more, expected) => {
    expect(judged(beside(more))).toEqual([expected]);
  });
});

test("judges whom the parameter names", () => {
  const shop = "{ kind: ServiceAccount, name: web, namespace: shop }";
  const more = `${clusterRole("dba", "[{ apiGroups: [postgresql.cnpg.io], resources: [poolers], verbs: [create] }]")}---
${clusterRoleBinding("ClusterRole dba", shop)}`;
  expect(judged(beside(more))).toEqual([]);
  expect(judged(beside(more), { clients: [{ namespace: "shop", name: "web" }] })).toHaveLength(1);
});
