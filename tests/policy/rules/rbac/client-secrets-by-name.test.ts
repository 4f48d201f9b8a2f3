import { expect, test } from "vitest";
import { clientSecretsByName } from "../../../../policy/rules/rbac/client-secrets-by-name.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened } from "../sound.ts";
import { clusterRole, clusterRoleBinding, myapp, role, roleBinding, secretRule, secretRuleAnd } from "./manifests.ts";

const judged = (yaml: string) => findings(clientSecretsByName, yaml);
const written = (rule: string) => weakened(secretRule, `  - ${rule}\n`);
const byRole = "RoleBinding production/read-pg-app-secret -> Role production/read-pg-app-secret";
const subject = "Role production/read-pg-app-secret: ServiceAccount production/myapp";
const secret = 'apiGroups: [""], resources: [secrets]';

test.each([
  ["the sound stack", sound],
  ["two names", weakened("resourceNames: [pg-app-credentials]", "resourceNames: [pg-app-credentials, myapp-tls]")],
  ["config maps", weakened(secretRule, secretRuleAnd('{ apiGroups: [""], resources: [configmaps], verbs: [list] }'))],
  // Kubernetes has no Secrets in other groups, and no such resource as Secrets.
  [
    "what grants nothing",
    weakened(secretRule, secretRuleAnd("{ apiGroups: [apps], resources: [secrets, Secrets], verbs: [list] }")),
  ],
  [
    "Secrets of a namespace without a database",
    beside(`${role("list", `[{ ${secret}, verbs: [list] }]`, "shop")}---
${roleBinding("Role list", myapp).replace("namespace: production }\nroleRef", "namespace: shop }\nroleRef")}`),
  ],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

test.each([
  [`{ ${secret}, verbs: [get] }`, "get Secrets in production of any name"],
  [`{ ${secret}, resourceNames: [], verbs: [get] }`, "get Secrets in production of any name"],
  [
    `{ ${secret}, resourceNames: [pg-app-credentials], verbs: [get, list, watch] }`,
    "list, watch Secrets in production",
  ],
  [`{ ${secret}, resourceNames: [pg-app-credentials], verbs: [get, patch] }`, "patch Secrets in production"],
  [
    '{ apiGroups: [""], resources: ["*"], resourceNames: [pg-app-credentials], verbs: ["*"] }',
    "list, watch, create, update, patch, delete, deletecollection Secrets in production",
  ],
  ['{ apiGroups: ["*"], resources: [secrets], verbs: [list] }', "list Secrets in production of any name"],
])("finds %s", (rule, expected) => {
  const readers = written(rule);
  expect(judged(readers)).toEqual([`${subject} may ${expected}, by ${byRole}`]);
});

test("finds what another role adds", () => {
  const more = `${clusterRole("list", `[{ ${secret}, verbs: [list] }]`)}---\n${clusterRoleBinding("ClusterRole list", myapp)}`;
  expect(judged(beside(more))).toEqual([
    "ClusterRole list: ServiceAccount production/myapp may list Secrets in every namespace of any name, " +
      "by ClusterRoleBinding more -> ClusterRole list",
  ]);
});
