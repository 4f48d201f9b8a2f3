import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { rbacKnownAtPreview } from "../../../../policy/rules/rbac/rbac-known-at-preview.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened } from "../sound.ts";
import { clusterRole, role, roleBinding } from "./manifests.ts";

const judged = (yaml: string) => findings(rbacKnownAtPreview, yaml);

test.each([
  ["the sound stack", sound],
  ["what is not known of another namespace", beside(role("r", unknownValue, "shop"))],
  ["what is not known without a database", clusterRole("r", unknownValue)],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

test.each([
  [
    weakened("resourceNames: [pg-app-credentials]", `resourceNames: [${unknownValue}]`),
    "Role production/read-pg-app-secret: rules",
  ],
  [
    beside(roleBinding("ClusterRole edit", `{ kind: User, name: ${unknownValue} }`)),
    "RoleBinding production/more: subjects",
  ],
  [beside(roleBinding(`ClusterRole ${unknownValue}`)), "RoleBinding production/more: roleRef"],
  [beside(clusterRole("r", unknownValue)), "ClusterRole r: rules"],
])("finds what is not known", (yaml, expected) => {
  expect(judged(yaml)).toEqual([`${expected} not known before up`]);
});
