import { describe, expect, test } from "vitest";
import { canAll, objectsOf, parseManifests, type Json, type Problem } from "../../../policy/analysis/index.ts";

const policy = (name: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "production" },
  spec: { podSelector: {} },
});
const list = (items: Json) => ({ apiVersion: "v1", kind: "List", items });

function read(value: Json) {
  const { objects, problems } = parseManifests(JSON.stringify(value), "list.json");
  return { titles: objects.map(({ kind, name }) => `${kind} ${name}`), problems };
}

describe("what a list holds is read", () => {
  test.each<[string, Json, readonly string[]]>([
    ["a List in a List", list([list([policy("a")]), policy("b")]), ["NetworkPolicy a", "NetworkPolicy b"]],
    [
      "a typed list in a List",
      list([
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicyList",
          items: [{ metadata: { name: "a" }, spec: {} }],
        },
      ]),
      ["NetworkPolicy a"],
    ],
    ["an empty List", list(null), []],
    ["a kind that only sounds like one", { ...policy("a"), kind: "AllowList" }, ["AllowList a"]],
  ])("%s", (_case, value, titles) => {
    expect(read(value)).toEqual({ titles, problems: [] });
  });
});

describe("what cannot be read is said to be unread", () => {
  test.each<[string, Json, RegExp]>([
    ["an item that is a text", list(["text"]), /^items\[0\] is no Kubernetes object: it is left out$/],
    [
      "an item without a kind",
      list([{ apiVersion: "v1", metadata: { name: "a" } }]),
      /^items\[0\] is no Kubernetes obj/,
    ],
    [
      "an item without an apiVersion",
      list([list([{ ...policy("a"), apiVersion: 1 }])]),
      /^items\[0\]\.items\[0\] is no/,
    ],
    [
      "an object without a name",
      { ...policy("a"), metadata: {} },
      /^NetworkPolicy without metadata.name: it is left out/,
    ],
    ["an object without an apiVersion", { kind: "NetworkPolicy", metadata: { name: "a" } }, /apiVersion is missing/],
    ["an object without a kind", { apiVersion: "v1", metadata: { name: "a" } }, /kind is missing/],
    ["objects that are no list", [policy("a")], /not a Kubernetes object/],
    ["lists in lists without end", Array.from({ length: 100 }).reduce<Json>((inner) => list([inner]), 1), /too deep/],
  ])("%s", (_case, value, message) => {
    expect(read(value)).toEqual({
      titles: [],
      problems: [{ file: "list.json", line: 1, message: expect.stringMatching(message) as string, unread: true }],
    });
  });

  test("but not what nobody would take for an object", () => {
    expect(read({ foo: "bar" }).problems).toEqual([
      { file: "list.json", line: 1, message: "not a Kubernetes object: apiVersion and kind are missing" },
    ]);
  });
});

describe("objects with a generateName get names of their own", () => {
  const generated = { ...policy(""), metadata: { generateName: "pg-", namespace: "production" } };

  test("each stays", () => {
    const titles = ["NetworkPolicy pg-(list.json:1:items:0)", "NetworkPolicy pg-(list.json:1:items:1)"];
    expect(read(list([generated, generated]))).toEqual({ titles, problems: [] });
    const problems: Problem[] = [];
    expect(objectsOf([generated, generated], problems)).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  test("each grants", () => {
    const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
    const binding = (user: string) => ({
      ...rbac,
      kind: "RoleBinding",
      metadata: { generateName: "read-", namespace: "production" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "User", name: user }],
    });
    const { objects } = parseManifests(JSON.stringify(list([binding("jane"), binding("joe")])), "some/where.json");
    const asked = ["jane", "joe"].map((subject) => ({
      subject,
      verb: "get",
      resource: "pods",
      namespace: "production",
    }));
    expect(canAll(objects, asked)).toMatchObject([{ allowed: true }, { allowed: true }]);
  });
});
