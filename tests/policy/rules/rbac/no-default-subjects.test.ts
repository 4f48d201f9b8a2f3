import { expect, test } from "vitest";
import defaults from "../../../../policy/analysis/rbac/defaults.json" with { type: "json" };
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noDefaultSubjects } from "../../../../policy/rules/rbac/no-default-subjects.ts";
import { findings, manifests } from "../lab.ts";
import { sound } from "../sound.ts";
import { clusterRoleBinding, myapp, roleBinding } from "./manifests.ts";

const judged = (...subjects: readonly string[]) => findings(noDefaultSubjects, roleBinding("Role r", ...subjects));
const group = (name: string) => `{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "${name}" }`;

test("is satisfied by the sound stack, and by what every cluster has", () => {
  expect(findings(noDefaultSubjects, sound)).toEqual([]);
  const list = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: defaults.map((manifest) => ({ apiVersion: "rbac.authorization.k8s.io/v1", ...manifest })),
  });
  expect(manifests(list).length).toBeGreaterThan(50);
  expect(findings(noDefaultSubjects, list)).toEqual([]);
});

test.each([[myapp], [group("team-a")], [group("system:nodes")], ["{ kind: User, name: ada }"], [""]])(
  "lets %s be",
  (subject) => {
    expect(judged(subject)).toEqual([]);
  },
);

test.each([
  ["{ kind: ServiceAccount, name: default, namespace: production }", "grants to the default ServiceAccount"],
  ["{ kind: ServiceAccount, name: default }", "grants to the default ServiceAccount"],
  ['{ kind: User, name: "system:serviceaccount:production:default" }', "grants to the default ServiceAccount"],
  ['{ kind: User, name: "system:anonymous" }', "grants to system:anonymous"],
  [group("system:authenticated"), "grants to the group system:authenticated"],
  [group("system:unauthenticated"), "grants to the group system:unauthenticated"],
  [group("system:serviceaccounts"), "grants to the group system:serviceaccounts"],
  [group("system:serviceaccounts:production"), "grants to the group system:serviceaccounts:production"],
  [group("system:masters"), "grants to the group system:masters"],
  [`{ kind: ServiceAccount, name: ${unknownValue} }`, "whom it grants to is not known before up"],
  [unknownValue, "whom it grants to is not known before up"],
])("finds %s", (subject, expected) => {
  expect(judged(myapp, subject)).toEqual([`RoleBinding production/more: ${expected}`]);
});

test("finds more in a default binding than there is by default", () => {
  const wider = clusterRoleBinding("ClusterRole cluster-admin", group("system:masters"), group("system:authenticated"));
  expect(findings(noDefaultSubjects, wider.replace("name: more", "name: cluster-admin"))).toHaveLength(2);
});
