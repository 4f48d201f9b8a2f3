import { describe, expect, test } from "vitest";
import { authorizer, can, InvalidQuestion, parseResource, readQuestions } from "../../../policy/analysis/rbac/index.ts";
import {
  account,
  aggregated,
  app,
  clusterRole,
  clusterRoleBinding,
  group,
  objectsOf,
  role,
  roleBinding,
  user,
} from "./lab.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const pods = { verbs: ["get"], resources: ["pods"] };
const metadata = { name: "r", namespace: "prod" };
const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };

describe("what the API server refuses grants nothing, and is reported", () => {
  test.each<[string, object]>([
    ["rules[0].verbs is empty", role("prod", "r", { verbs: [], resources: ["pods"] })],
    ["rules[0].resources is empty", role("prod", "r", { verbs: ["get"] })],
    ['rules[0].apiGroups is empty (the core group is "")', role("prod", "r", { ...pods, apiGroups: [] })],
    [
      "rules[0].nonResourceURLs is only for ClusterRoles",
      role("prod", "r", { verbs: ["get"], nonResourceURLs: ["/x"] }),
    ],
    [
      "rules[0] has both resources and nonResourceURLs",
      clusterRole("r", [{ ...pods, apiGroups: [""], nonResourceURLs: ["/x"] }]),
    ],
    [
      "rules[0].verbs is no list",
      { ...rbac, kind: "Role", metadata, rules: [{ verbs: "get", apiGroups: [""], resources: ["pods"] }] },
    ],
    [
      "rules[0].verbs[0] is 7, not a string",
      { ...rbac, kind: "Role", metadata, rules: [{ verbs: [7], apiGroups: [""], resources: ["pods"] }] },
    ],
    ["rules is no list", { ...rbac, kind: "Role", metadata, rules: {} }],
    ["rules[0] is no mapping", { ...rbac, kind: "Role", metadata, rules: ["get pods"] }],
    ["metadata.labels.a is true, not a string", clusterRole("r", [pods], { a: true })],
    ["aggregationRule.clusterRoleSelectors is empty", aggregated("r", [])],
    [
      'aggregationRule.clusterRoleSelectors[0]: "in" is not one of In, NotIn, Exists, DoesNotExist',
      aggregated("r", [{ matchExpressions: [{ key: "a", operator: "in", values: ["b"] }] }]),
    ],
    ['metadata.name is "a/b", no valid name', role("prod", "a/b", { ...pods })],
    ['roleRef.kind is "role", not Role or ClusterRole', roleBinding("prod", "b", "role r")],
    ['roleRef.kind is "Role", not ClusterRole', clusterRoleBinding("b", "Role r")],
    [
      'roleRef.apiGroup is "v1", not rbac.authorization.k8s.io',
      { ...rbac, kind: "RoleBinding", metadata, roleRef: { apiGroup: "v1", kind: "Role", name: "r" } },
    ],
    ['roleRef.name is "", no valid name', roleBinding("prod", "b", "Role ")],
    [
      'subjects[0].kind is "user", not User, Group or ServiceAccount',
      roleBinding("prod", "b", "ClusterRole view", { kind: "user", name: "jane" }),
    ],
    ["subjects[1].name is empty", roleBinding("prod", "b", "ClusterRole view", user("jane"), group(""))],
    [
      'subjects[0].apiGroup is "v1", not "rbac.authorization.k8s.io"',
      roleBinding("prod", "b", "ClusterRole view", { ...group("dev"), apiGroup: "v1" }),
    ],
    ["subjects[0].namespace is empty", clusterRoleBinding("b", "ClusterRole view", account("app"))],
    [
      'subjects[0].name is "App", no name of a ServiceAccount',
      roleBinding("prod", "b", "ClusterRole view", account("App")),
    ],
    [
      "apiVersion is rbac.authorization.k8s.io/v1beta1; only rbac.authorization.k8s.io/v1 is served",
      { ...role("prod", "r", pods), apiVersion: "rbac.authorization.k8s.io/v1beta1" },
    ],
  ])("%s", (reason, manifest) => {
    const { problems } = authorizer(objectsOf(manifest));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.file).toBe("test.json");
    expect(problems[0]?.message).toContain(`: the API server refuses it, so it grants nothing: ${reason}`);
  });

  test("its one bad subject takes the good ones with it", () => {
    const subjects = [user("jane"), { kind: "user", name: "bob" }];
    const objects = objectsOf(roleBinding("prod", "b", "ClusterRole view", ...subjects));
    expect(can(objects, { subject: "jane", verb: "get", namespace: "prod", resource: "pods" }).allowed).toBe(false);
  });

  test("null is as good as missing", () => {
    const binding = {
      ...rbac,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: null, kind: "ClusterRole", name: "view" },
    };
    const objects = objectsOf({
      ...binding,
      subjects: [{ kind: "User", apiGroup: null, name: "jane", namespace: null }],
    });
    expect(authorizer(objects).problems).toEqual([]);
    expect(can(objects, { subject: "jane", verb: "get", namespace: "prod", resource: "pods" }).allowed).toBe(true);
  });
});

test("objects of other groups are left alone", () => {
  const openshift = { ...role("prod", "r"), apiVersion: "authorization.openshift.io/v1" };
  const named = { apiVersion: "example.com/v1", kind: "constructor", metadata };
  expect(authorizer(objectsOf(openshift, named)).problems).toEqual([]);
});

test("a binding to a role that is not there is reported", () => {
  const { problems } = authorizer(objectsOf(roleBinding("prod", "b", "Role r", account("app"))));
  expect(problems[0]?.message).toBe(
    "RoleBinding prod/b: it grants nothing, since there is no usable Role prod/r in the input",
  );
});

describe("what is not known before up", () => {
  const objects = objectsOf(
    roleBinding("prod", "b", "ClusterRole view", user("jane"), user(unknown)),
    roleBinding("dev", "c", "ClusterRole view", account("app")),
  );

  test("leaves a no undecided where it may grant, and no further", () => {
    const question = { subject: app, verb: "get", resource: "pods" };
    expect(can(objects, { ...question, namespace: "prod" })).toEqual({ allowed: null, path: ["RoleBinding prod/b"] });
    expect(can(objects, { ...question, namespace: "dev" }).allowed).toBe(false);
    expect(can(objects, { ...question, namespace: "" }).allowed).toBe(false);
    expect(can(objects, { ...question, subject: "system:serviceaccount:dev:app", namespace: "dev" }).allowed).toBe(
      true,
    );
  });

  test("is reported, with the field", () => {
    expect(authorizer(objects).problems.map(({ message }) => message)).toEqual([
      "RoleBinding prod/b: subjects not known before up: what it grants is undecided",
    ]);
  });
});

describe("questions", () => {
  test.each([
    ["secrets", "", "secrets", ""],
    ["/secrets", "", "secrets", ""],
    ["core/secrets", "", "secrets", ""],
    ["pods/exec", "", "pods", "exec"],
    ["/pods/exec", "", "pods", "exec"],
    ["core/pods/exec", "", "pods", "exec"],
    ["apps/deployments", "apps", "deployments", ""],
    ["apps/deployments/scale", "apps", "deployments", "scale"],
    ["postgresql.cnpg.io/clusters/status", "postgresql.cnpg.io", "clusters", "status"],
    ["postgresql.cnpg.io/clusters", "postgresql.cnpg.io", "clusters", ""],
    ["nodes/metrics", "", "nodes", "metrics"],
    ["users", "", "users", ""],
    ["*", "", "*", ""],
    ["*/*", "*", "*", ""],
    // As kubectl writes them.
    ["deployments.apps", "apps", "deployments", ""],
    ["Deployments.v1.apps", "apps", "deployments", ""],
    ["deployments.apps/scale", "apps", "deployments", "scale"],
    ["clusters.postgresql.cnpg.io", "postgresql.cnpg.io", "clusters", ""],
    ["clusters.v1.postgresql.cnpg.io/status", "postgresql.cnpg.io", "clusters", "status"],
  ])("read %s", (text, apiGroup, resource, subresource) => {
    expect(parseResource(text)).toEqual({ group: apiGroup, resource, subresource });
  });

  test.each(["/metrics", "/api/v1", "/healthz/", "/apis/apps"])("read %s as a path", (url) => {
    expect(parseResource(url)).toEqual({ url });
  });

  // What they would mean elsewhere, nobody could tell; the answer to something else would be no.
  test.each([
    ...["deployments", "pod", "core/widgets", "deployments/scale", "widgets/x", "deployments.", ".apps"],
    ...["secrets/db", "pods/web-0", "deployments.apps/web", "/secrets/db"],
  ])("refuse %j, which is not plain", (text) => {
    expect(() => parseResource(text)).toThrow(InvalidQuestion);
  });

  test.each(["", "/", "apps/", "a/b/c/d", "pods/exec/x/y"])("refuse %j as a resource", (text) => {
    expect(() => parseResource(text)).toThrow(InvalidQuestion);
  });

  test("are read from JSON, with null as good as missing", () => {
    const full = {
      subject: app,
      groups: ["dev"],
      namespace: "prod",
      group: "",
      resource: "pods",
      subresource: "exec",
      name: "pg-1",
      verb: "create",
    };
    expect(readQuestions([full])).toEqual([full]);
    expect(readQuestions([{ subject: "jane", verb: "get", resource: "pods", name: null, groups: null }])).toEqual([
      { subject: "jane", verb: "get", resource: "pods" },
    ]);
    expect(readQuestions([{ subject: "jane", verb: "get", url: "/metrics" }])).toHaveLength(1);
  });

  test.each<[unknown, string]>([
    [{}, "expected a list of questions"],
    [["who?"], "question 1: expected a mapping with subject, verb and resource"],
    [[{ verb: "get", resource: "pods" }], "question 1: subject is missing, or no string"],
    [[{ subject: "jane", resource: "pods" }], "question 1: verb is missing, or no string"],
    [[{ subject: "jane", verb: "get" }], "question 1: resource is missing, or no string"],
    [[{ subject: "jane", verb: "get", resource: "pods", name: 7 }], "question 1: name is 7, expected a string"],
    [
      [{ subject: "jane", verb: "get", resource: "pods", groups: ["a", 1] }],
      'question 1: groups is ["a",1], expected a list of strings',
    ],
    [
      [{ subject: "jane", verb: "get", resource: "pods", groups: "a" }],
      'question 1: groups is "a", expected a list of strings',
    ],
  ])("%j is refused: %s", (value, message) => {
    expect(() => readQuestions(value as never)).toThrow(new InvalidQuestion(message));
  });
});
