import { expect, test } from "vitest";
import { noWildcardRoles } from "../../../../policy/rules/rbac/no-wildcard-roles.ts";
import { findings } from "../lab.ts";
import { beside, sound } from "../sound.ts";
import { clusterRole, role, roleBinding } from "./manifests.ts";

const judged = (...more: readonly string[]) => findings(noWildcardRoles, beside(more.join("---\n")));
const team = "{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: team }";

test("is satisfied by the sound stack", () => {
  expect(findings(noWildcardRoles, sound)).toEqual([]);
});

test.each([
  [role("r", "[{ apiGroups: [apps], resources: [deployments], verbs: [get, list] }]")],
  [role("r", "[{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]", "shop")],
  [roleBinding("ClusterRole edit", team)],
  [clusterRole("r", "[{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]")],
])("lets %s be", (more) => {
  expect(judged(more)).toEqual([]);
});

test.each([
  [
    role("r", "[{ apiGroups: [''], resources: [configmaps], verbs: ['*'] }]"),
    "Role production/r: grants * on configmaps of core",
  ],
  [role("r", "[{ apiGroups: ['*'], resources: ['*'], verbs: [get] }]"), "Role production/r: grants get on * of *"],
  [
    role("r", "[{ apiGroups: [apps], resources: ['*/scale'], verbs: [get] }]"),
    "Role production/r: grants get on */scale of apps",
  ],
  [
    roleBinding("ClusterRole cluster-admin", team),
    "RoleBinding production/more: ClusterRole cluster-admin grants * on * of *",
  ],
])("finds %s", (more, expected) => {
  expect(judged(more)).toEqual([expected]);
});
