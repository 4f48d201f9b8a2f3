import { describe, expect, test } from "vitest";
import { can, canAll, type Question } from "../../../policy/analysis/rbac/index.ts";
import {
  account,
  app,
  clusterRole,
  clusterRoleBinding,
  grantedToApp,
  grantedToAppEverywhere,
  group,
  objectsOf,
  role,
  roleBinding,
  user,
  type WrittenRule,
} from "./lab.ts";

const secret: Question = { subject: app, verb: "get", namespace: "prod", resource: "secrets", name: "pg-app" };

function allowed(rule: WrittenRule, question: Partial<Question>): boolean | null {
  return can(grantedToApp(rule), { ...secret, ...question }).allowed;
}

describe("R1: resourceNames", () => {
  const rule: WrittenRule = { verbs: ["*"], resources: ["secrets"], resourceNames: ["pg-app"] };

  test("restrict what names an object", () => {
    for (const verb of ["get", "update", "patch", "delete"]) {
      expect(allowed(rule, { verb })).toBe(true);
      expect(allowed(rule, { verb, name: "pg-superuser" })).toBe(false);
    }
  });

  test("leave nothing of what names none", () => {
    for (const verb of ["create", "list", "watch", "deletecollection"])
      expect(allowed(rule, { verb, name: "" })).toBe(false);
  });

  test("let list and watch through by a field selector on that name", () => {
    for (const verb of ["list", "watch"]) expect(allowed(rule, { verb })).toBe(true);
  });

  test("restrict nothing where the list is empty", () => {
    expect(allowed({ ...rule, resourceNames: [] }, { name: "pg-superuser" })).toBe(true);
    expect(allowed({ ...rule, resourceNames: [] }, { verb: "list", name: "" })).toBe(true);
  });

  test("know no wildcard", () => {
    expect(allowed({ ...rule, resourceNames: ["*"] }, {})).toBe(false);
  });

  test("apply to the creation of a subresource, which names its object", () => {
    const exec: WrittenRule = { verbs: ["create"], resources: ["pods/exec"], resourceNames: ["pg-1"] };
    const question = { verb: "create", resource: "pods", subresource: "exec" };
    expect(allowed(exec, { ...question, name: "pg-1" })).toBe(true);
    expect(allowed(exec, { ...question, name: "pg-2" })).toBe(false);
  });
});

describe("R2: rules add up", () => {
  test("a later rule without names undoes the named one", () => {
    const named: WrittenRule = { verbs: ["get"], resources: ["secrets"], resourceNames: ["other"] };
    const objects = grantedToApp(named, { verbs: ["get"], resources: ["secrets"] });
    expect(can(objects, secret).allowed).toBe(true);
    expect(can(grantedToApp(named), secret).allowed).toBe(false);
  });

  test("over bindings, by user, ServiceAccount and group", () => {
    const objects = objectsOf(
      role("prod", "reader", { verbs: ["get"], resources: ["secrets"] }),
      role("prod", "writer", { verbs: ["update"], resources: ["secrets"] }),
      role("prod", "lister", { verbs: ["list"], resources: ["secrets"] }),
      roleBinding("prod", "one", "Role reader", user(app)),
      roleBinding("prod", "two", "Role writer", account("app", "prod")),
      roleBinding("prod", "three", "Role lister", group("system:serviceaccounts:prod")),
    );
    const verbs = ["get", "update", "list", "delete"];
    const answers = canAll(
      objects,
      verbs.map((verb) => ({ ...secret, verb, name: "" })),
    );
    expect(answers).toEqual([
      { allowed: true, path: ["RoleBinding prod/one", "Role prod/reader"] },
      { allowed: true, path: ["RoleBinding prod/two", "Role prod/writer"] },
      { allowed: true, path: ["RoleBinding prod/three", "Role prod/lister"] },
      { allowed: false, path: [] },
    ]);
  });
});

describe("R3: wildcards", () => {
  test.each<[string, WrittenRule, Partial<Question>]>([
    ["* as verb", { verbs: ["*"], resources: ["secrets"] }, {}],
    ["* as verb covers made-up verbs", { verbs: ["*"], resources: ["secrets"] }, { verb: "use" }],
    ["* as group", { verbs: ["get"], apiGroups: ["*"], resources: ["secrets"] }, { group: "apps" }],
    ["* as resource", { verbs: ["get"], resources: ["*"] }, {}],
    [
      "* as resource covers subresources",
      { verbs: ["get"], resources: ["*"] },
      { resource: "pods", subresource: "exec" },
    ],
    ["*/exec", { verbs: ["get"], resources: ["*/exec"] }, { resource: "pods", subresource: "exec" }],
  ])("%s allows", (_, rule, question) => {
    expect(allowed(rule, question)).toBe(true);
  });

  test.each<[string, WrittenRule, Partial<Question>]>([
    ["a pattern", { verbs: ["get"], resources: ["s*ts"] }, {}],
    ["a wrong case", { verbs: ["get"], resources: ["Secrets"] }, {}],
    ["a wrong case of the verb", { verbs: ["Get"], resources: ["secrets"] }, {}],
    ["a singular", { verbs: ["get"], resources: ["secret"] }, {}],
    ["another group", { verbs: ["get"], apiGroups: ["apps"], resources: ["secrets"] }, {}],
    ["the word core", { verbs: ["get"], apiGroups: ["core"], resources: ["secrets"] }, {}],
    [
      "a pattern of a group",
      { verbs: ["get"], apiGroups: ["*.cnpg.io"], resources: ["*"] },
      { group: "postgresql.cnpg.io" },
    ],
    ["pods/*", { verbs: ["get"], resources: ["pods/*"] }, { resource: "pods", subresource: "exec" }],
    ["*/*", { verbs: ["get"], resources: ["*/*"] }, { resource: "pods", subresource: "exec" }],
    [
      "*/exec for another subresource",
      { verbs: ["get"], resources: ["*/exec"] },
      { resource: "pods", subresource: "log" },
    ],
    [
      "the resource for its subresource",
      { verbs: ["get"], resources: ["pods"] },
      { resource: "pods", subresource: "exec" },
    ],
    ["the subresource for its resource", { verbs: ["get"], resources: ["pods/exec"] }, { resource: "pods" }],
  ])("%s grants nothing", (_, rule, question) => {
    expect(allowed(rule, question)).toBe(false);
  });
});

describe("R8: subjects", () => {
  const everybody = (...subjects: readonly object[]) =>
    objectsOf(
      clusterRole("reader", [{ verbs: ["get"], resources: ["secrets"] }]),
      clusterRoleBinding("b", "ClusterRole reader", ...subjects),
    );

  const inProd = ["system:serviceaccount:prod:app", "system:serviceaccount:prod:default"];
  const accounts = [...inProd, "system:serviceaccount:prod-2:app"];
  const others = ["jane", "group:dev"];

  test.each([
    ["system:serviceaccounts:prod", inProd],
    ["system:serviceaccounts", accounts],
    ["system:authenticated", [...accounts, ...others]],
    ["system:unauthenticated", ["system:anonymous"]],
    ["dev", ["group:dev"]],
    ["jane", []],
  ])("the group %s reaches those who are in it", (name, members) => {
    const objects = everybody(group(name));
    const everyone = [...accounts, ...others, "system:anonymous"];
    expect(everyone.filter((subject) => can(objects, { ...secret, subject }).allowed)).toEqual(members);
  });

  test("a user is no group, and a group no user", () => {
    expect(can(everybody(user("dev")), { ...secret, subject: "group:dev" }).allowed).toBe(false);
    expect(can(everybody(group("dev")), { ...secret, subject: "dev" }).allowed).toBe(false);
  });

  test("groups that are given are all there are", () => {
    const objects = everybody(group("system:authenticated"));
    expect(can(objects, { ...secret, subject: "jane", groups: ["dev"] }).allowed).toBe(false);
    expect(can(objects, { ...secret, subject: "jane", groups: ["dev", "system:authenticated"] }).allowed).toBe(true);
  });

  test("system:masters is above all rules", () => {
    const question = { subject: "jane", groups: ["system:masters"], verb: "delete", resource: "nodes" };
    expect(can([], question)).toEqual({ allowed: true, path: ["Group system:masters"] });
    expect(can([], { ...question, resource: "", url: "/anything" }).allowed).toBe(true);
  });

  test("a ServiceAccount without namespace is the binding's own, and another one's with it", () => {
    const objects = objectsOf(
      role("prod", "reader", { verbs: ["get"], resources: ["secrets"] }),
      roleBinding("prod", "own", "Role reader", account("app")),
      roleBinding("prod", "other", "Role reader", account("app", "dev")),
    );
    expect(can(objects, secret).path).toEqual(["RoleBinding prod/own", "Role prod/reader"]);
    expect(can(objects, { ...secret, subject: "system:serviceaccount:dev:app" }).path[0]).toBe(
      "RoleBinding prod/other",
    );
  });
});

describe("where a binding grants", () => {
  const rule: WrittenRule = { verbs: ["get"], resources: ["secrets", "nodes"] };

  test("a RoleBinding in its own namespace, also to a ClusterRole, and never across all", () => {
    const objects = objectsOf(
      clusterRole("reader", [rule]),
      roleBinding("prod", "b", "ClusterRole reader", account("app")),
    );
    expect(can(objects, secret).path).toEqual(["RoleBinding prod/b", "ClusterRole reader"]);
    expect(can(objects, { ...secret, namespace: "dev" }).allowed).toBe(false);
    expect(can(objects, { ...secret, namespace: "" }).allowed).toBe(false);
    expect(can(objects, { subject: app, verb: "get", resource: "nodes" }).allowed).toBe(false);
  });

  test("a ClusterRoleBinding everywhere", () => {
    const objects = grantedToAppEverywhere(rule);
    for (const namespace of ["prod", "dev", ""]) expect(can(objects, { ...secret, namespace }).allowed).toBe(true);
    expect(can(objects, { subject: app, verb: "get", resource: "nodes" }).allowed).toBe(true);
  });

  test("a role of the same name in another namespace, or a ClusterRole, is another one", () => {
    const objects = objectsOf(
      role("dev", "r", rule),
      clusterRole("r", [rule]),
      roleBinding("prod", "b", "Role r", account("app")),
    );
    expect(can(objects, secret).allowed).toBe(false);
  });

  test("a binding to a role that is not there grants nothing", () => {
    expect(can(objectsOf(roleBinding("prod", "b", "Role r", account("app"))), secret).allowed).toBe(false);
  });
});

describe("paths outside of the resources", () => {
  const asks = (nonResourceURLs: readonly string[], url: string) =>
    can(grantedToAppEverywhere({ verbs: ["get"], nonResourceURLs }), { subject: app, verb: "get", url }).allowed;

  test("match exactly, or by a star at the end", () => {
    expect(asks(["/metrics"], "/metrics")).toBe(true);
    expect(asks(["/metrics"], "/metrics/")).toBe(false);
    expect(asks(["/logs/*"], "/logs/kubelet")).toBe(true);
    expect(asks(["/logs/*"], "/logs/")).toBe(true);
    expect(asks(["/logs/*"], "/logs")).toBe(false);
    expect(asks(["/logs**"], "/logs")).toBe(true);
    expect(asks(["*"], "/anything")).toBe(true);
    expect(asks(["/l*s"], "/logs")).toBe(false);
  });

  test("are not reached by a RoleBinding", () => {
    const objects = objectsOf(
      clusterRole("r", [{ verbs: ["get"], nonResourceURLs: ["*"] }]),
      roleBinding("prod", "b", "ClusterRole r", account("app")),
    );
    expect(can(objects, { subject: app, verb: "get", url: "/metrics" }).allowed).toBe(false);
  });

  test("are nothing that a rule for all resources allows", () => {
    const objects = grantedToAppEverywhere({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] });
    expect(can(objects, { subject: app, verb: "get", url: "/metrics" }).allowed).toBe(false);
  });
});

describe("what every API server has by itself", () => {
  test("is known without being in the input", () => {
    const objects = objectsOf(roleBinding("prod", "b", "ClusterRole edit", account("app")));
    expect(can(objects, secret).path).toEqual([
      "RoleBinding prod/b",
      "ClusterRole edit",
      "ClusterRole system:aggregate-to-edit",
    ]);
    expect(can([], { subject: "jane", verb: "get", url: "/healthz" }).allowed).toBe(true);
  });

  test("is replaced by an object of its name", () => {
    const objects = objectsOf(clusterRole("edit", []), roleBinding("prod", "b", "ClusterRole edit", account("app")));
    expect(can(objects, secret).allowed).toBe(false);
  });
});
