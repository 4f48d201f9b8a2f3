import { describe, expect, test } from "vitest";
import { authorizer, can, type Question } from "../../../policy/analysis/rbac/index.ts";
import {
  account,
  aggregated,
  app,
  clusterRole,
  clusterRoleBinding,
  objectsOf,
  roleBinding,
  type WrittenRule,
} from "./lab.ts";

const reads = (resource: string): WrittenRule => ({ verbs: ["get"], resources: [resource] });
const asks = (resource: string): Question => ({ subject: app, verb: "get", namespace: "prod", resource });
const feeds = (value: string) => ({ matchLabels: { feeds: value } });
const bound = (name: string) => clusterRoleBinding("b", `ClusterRole ${name}`, account("app", "prod"));

describe("R7: an aggregated ClusterRole", () => {
  test("has the rules of those it selects, and says whose they are", () => {
    const objects = objectsOf(
      aggregated("sum", [feeds("sum")]),
      clusterRole("part", [reads("pods")], { feeds: "sum" }),
      bound("sum"),
    );
    expect(can(objects, asks("pods"))).toEqual({
      allowed: true,
      path: ["ClusterRoleBinding b", "ClusterRole sum", "ClusterRole part"],
    });
  });

  test("has the rules of those that these aggregate", () => {
    const objects = objectsOf(
      aggregated("sum", [feeds("sum")]),
      aggregated("middle", [feeds("middle")], { metadata: { name: "middle", labels: { feeds: "sum" } } }),
      clusterRole("part", [reads("pods")], { feeds: "middle" }),
      bound("sum"),
    );
    expect(can(objects, asks("pods")).path).toEqual(["ClusterRoleBinding b", "ClusterRole sum", "ClusterRole part"]);
  });

  test("loses rules of its own to those it gathers, and keeps them where it gathers none", () => {
    const sum = aggregated("sum", [feeds("sum")], { rules: [{ ...reads("secrets"), apiGroups: [""] }] });
    expect(can(objectsOf(sum, bound("sum")), asks("secrets")).allowed).toBe(true);
    expect(can(objectsOf(sum, clusterRole("empty", [], { feeds: "sum" }), bound("sum")), asks("secrets")).allowed).toBe(
      true,
    );
    const part = clusterRole("part", [reads("pods")], { feeds: "sum" });
    expect(can(objectsOf(sum, part, bound("sum")), asks("secrets")).allowed).toBe(false);
  });

  test("selects by any of its selectors, an empty one everything", () => {
    const part = clusterRole("part", [reads("pods")]);
    const sum = (...selectors: readonly object[]) => objectsOf(aggregated("sum", selectors), part, bound("sum"));
    expect(can(sum({}), asks("pods")).allowed).toBe(true);
    expect(can(sum(feeds("x")), asks("pods")).allowed).toBe(false);
    expect(
      can(sum(feeds("x"), { matchExpressions: [{ key: "feeds", operator: "DoesNotExist" }] }), asks("pods")).allowed,
    ).toBe(true);
  });

  test("does not gather Roles", () => {
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "r", namespace: "prod", labels: { feeds: "sum" } },
    };
    const objects = objectsOf(
      aggregated("sum", [feeds("sum")]),
      { ...role, rules: [{ ...reads("pods"), apiGroups: [""] }] },
      bound("sum"),
    );
    expect(can(objects, asks("pods")).allowed).toBe(false);
  });

  test("of the defaults takes in what an operator's chart adds to view, edit and admin", () => {
    const cnpg: WrittenRule = { verbs: ["update"], apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"] };
    const chart = clusterRole("cnpg-edit", [cnpg], { "rbac.authorization.k8s.io/aggregate-to-edit": "true" });
    const question = {
      subject: app,
      verb: "update",
      namespace: "prod",
      group: "postgresql.cnpg.io",
      resource: "clusters",
    };
    const held = (name: string) =>
      can(objectsOf(chart, roleBinding("prod", "b", `ClusterRole ${name}`, account("app"))), question);
    expect(held("view").allowed).toBe(false);
    expect(held("edit").path).toEqual(["RoleBinding prod/b", "ClusterRole edit", "ClusterRole cnpg-edit"]);
    expect(held("admin").path).toEqual(["RoleBinding prod/b", "ClusterRole admin", "ClusterRole cnpg-edit"]);
  });
});

describe("ClusterRoles that aggregate each other", () => {
  const one = (rules: readonly WrittenRule[]) =>
    aggregated("one", [feeds("one")], {
      metadata: { name: "one", labels: { feeds: "two" } },
      rules: rules.map((rule) => ({ apiGroups: [""], ...rule })),
    });
  const two = aggregated("two", [feeds("two")], { metadata: { name: "two", labels: { feeds: "one" } } });

  test("share what they gather", () => {
    const objects = objectsOf(one([]), two, clusterRole("part", [reads("pods")], { feeds: "one" }), bound("two"));
    expect(can(objects, asks("pods"))).toEqual({
      allowed: true,
      path: ["ClusterRoleBinding b", "ClusterRole two", "ClusterRole part"],
    });
  });

  test("may hand round what was once written into one of them", () => {
    const objects = objectsOf(
      one([reads("secrets")]),
      two,
      clusterRole("part", [reads("pods")], { feeds: "one" }),
      bound("two"),
    );
    expect(can(objects, asks("secrets"))).toEqual({
      allowed: null,
      path: ["ClusterRoleBinding b", "ClusterRole two", "ClusterRole one"],
    });
    expect(can(objects, asks("nodes")).allowed).toBe(false);
  });

  test("are reported", () => {
    const messages = authorizer(objectsOf(one([]), two)).problems.map(({ message }) => message);
    expect(messages).toEqual([
      "ClusterRole one: it aggregates itself by way of other ClusterRoles, so what it grants may never come to rest",
      "ClusterRole two: it aggregates itself by way of other ClusterRoles, so what it grants may never come to rest",
    ]);
  });
});
