import { describe, expect, test } from "vitest";
import { ownerOf, type Owner } from "../../../components/adoption/marks.ts";
import { adoptionObjections } from "../../../components/adoption/objections.ts";
import { namedObjects, type Present } from "../../../components/adoption/present.ts";
import { adopted } from "../../../components/adoption/takeOver.ts";
import { renderedObjects } from "../../../components/rendered.ts";
import { schema } from "../../../config/schema.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { EMPTY_CLUSTER } from "../program/stack.ts";

const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
const app = { name: "app", role: "app_user", database: "app", workloads };
const kept = { ...app, existingSecret: "pg-app" };
const other = {
  ...{ name: "b", role: "b", database: "b" },
  workloads: [{ podLabels: { app: "b" }, serviceAccount: { name: "b", create: false } }],
};
const configOf = (over: object = {}) => schema.parse({ clients: [app], ...over });

const there = (kind: string, name: string, owner: Owner = "foreign"): Present => ({
  ref: { apiVersion: "v1", kind, namespace: "production", name },
  owner,
});

/** A Cluster that somebody else made. */
const theirs = (spec: object = {}): KubeObject => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { namespace: "production", name: "pg" },
  spec: { bootstrap: { initdb: { database: "app", owner: "app_user" } }, ...spec },
});

const said = (over: object, found: Present[], database?: KubeObject) =>
  adoptionObjections(configOf(over), found, database).map(({ key, expected }) => `${key}: ${expected}`);

test("every object of the stack in the namespace has a name that is looked for", () => {
  const config = configOf({ clients: [app, { ...other, existingSecret: "theirs" }] });
  const names = namedObjects(config, renderedObjects(config, EMPTY_CLUSTER)).map(
    ({ kind, name }) => `${kind} ${name ?? ""}`,
  );
  expect(names.sort()).toEqual([
    ...["Cluster pg", "Database pg-b", "NetworkPolicy allow-app-to-pg", "NetworkPolicy allow-b-to-pg"],
    ...["NetworkPolicy pg-isolation", "NetworkPolicy pg-lifelines"],
    ...["Role read-pg-app-secret", "Role read-pg-b-secret", "Role run-as-pg"],
    ...["Role run-as-pg-app", "Role run-as-pg-b", "RoleBinding read-pg-app-secret", "RoleBinding read-pg-b-secret"],
    ...["RoleBinding run-as-pg", "RoleBinding run-as-pg-app", "RoleBinding run-as-pg-b"],
    ...["Secret pg-app-credentials", "ServiceAccount myapp"],
  ]);
});

test("whose an object is, is what it says", () => {
  expect(ownerOf("a/b/c", { "hcloud-postgres/stack": "a/b/c" })).toBe("made");
  expect(ownerOf("a/b/c", { "hcloud-postgres/adopted-by": "a/b/c" })).toBe("adopted");
  expect(ownerOf("a/b/c", { unrelated: "x" })).toBe("foreign");
  expect(ownerOf("a/b/c")).toBe("foreign");
  expect(ownerOf("a/b/c", { "hcloud-postgres/stack": "a/b/d" })).toEqual({ stack: "a/b/d" });
  expect(ownerOf("a/b/c", { "hcloud-postgres/adopted-by": "a/b/d" })).toEqual({ stack: "a/b/d" });
});

describe("objects of somebody else's", () => {
  const all = ["Cluster", "Database", "NetworkPolicy", "Role", "RoleBinding", "Secret", "ServiceAccount"];

  test("stop the program, each by its name", () => {
    const found = all.map((kind) => there(kind, kind === "ServiceAccount" ? "myapp" : "pg-app-credentials"));
    expect(said({}, found)).toEqual([
      "adopt: no Cluster production/pg-app-credentials of somebody else",
      "adopt: no Database production/pg-app-credentials of somebody else",
      "clients: no NetworkPolicy production/pg-app-credentials of somebody else",
      "clients: no Role production/pg-app-credentials of somebody else",
      "clients: no RoleBinding production/pg-app-credentials of somebody else",
      "clients[0].existingSecret: no Secret production/pg-app-credentials of somebody else",
      "clients[0].workloads[0].serviceAccount.create: no ServiceAccount production/myapp of somebody else",
    ]);
  });

  test("stop it in the namespaces of clients too", () => {
    const elsewhere = { namespace: "web", podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } };
    const clients = [{ ...app, pooler: {}, workloads: [{ ...elsewhere, namespace: "production" }, elsewhere] }];
    const inWeb = (kind: string, name: string) => ({
      ...there(kind, name),
      ref: { ...there(kind, name).ref, namespace: "web" },
    });
    const found = [inWeb("Secret", "pg-ca"), inWeb("Secret", "pg-app-credentials"), inWeb("ServiceAccount", "myapp")];
    expect(said({ clients }, found)).toEqual([
      "clients: no Secret web/pg-ca of somebody else",
      "clients: no Secret web/pg-app-credentials of somebody else",
      "clients[0].workloads[1].serviceAccount.create: no ServiceAccount web/myapp of somebody else",
    ]);
  });

  test("are taken over where that is asked for, if they are the database", () => {
    const found = all.map((kind) => there(kind, kind === "ServiceAccount" ? "myapp" : "pg-app-credentials"));
    expect(said({ adopt: true }, found)).toHaveLength(5);
    expect(adopted(found, true).map(({ ref }) => ref.kind)).toEqual(all.slice(0, 2));
    expect(adopted(found, false)).toEqual([]);
  });

  test("stay taken over without being asked again, and those of another stack never are", () => {
    const mine = there("Cluster", "pg", "adopted");
    const another = there("Role", "run-as-pg", { stack: "a/b/c" });
    expect(adopted([mine, another], false)).toEqual([mine]);
    expect(said({ adopt: true, clients: [kept] }, [mine, another], theirs())).toEqual([
      "adopt: no Role production/run-as-pg of stack a/b/c",
    ]);
  });

  test("what the stack made itself is no matter", () => {
    expect(said({}, [there("Secret", "pg-app-credentials", "made"), there("Cluster", "pg", "made")], theirs())).toEqual(
      [],
    );
  });
});

describe("a Cluster of somebody else's", () => {
  const cluster = [there("Cluster", "pg")];

  test("keeps the owner's password where CloudNativePG has it from", () => {
    const expected = (secret: string) =>
      `clients[0].existingSecret: ${secret}, from which CloudNativePG sets the password of app_user, who owns the database`;
    expect(said({ adopt: true }, cluster, theirs())).toEqual([expected("pg-app")]);
    const named = { bootstrap: { recovery: { source: "x", owner: "app_user", secret: { name: "mine" } } } };
    expect(said({ adopt: true, clients: [kept] }, cluster, theirs(named))).toEqual([expected("mine")]);
    expect(said({ adopt: true, clients: [kept, other] }, cluster, theirs())).toEqual([]);
  });

  test("keeps its lines while it is observed", () => {
    const lines = ["host all all 10.0.0.0/8 md5", "hostssl app app_user ${podselector:app} scram-sha-256"];
    const withLines = theirs({ postgresql: { pg_hba: lines } });
    const observing = { adopt: true, mode: "observe", clients: [kept] };
    expect(said(observing, cluster, withLines)).toEqual([
      'database.presentLines: also the lines that Cluster pg has now: ["host all all 10.0.0.0/8 md5"]',
    ]);
    expect(said({ ...observing, database: { presentLines: [lines[0]] } }, cluster, withLines)).toEqual([]);
    expect(said({ ...observing, mode: "enforce" }, cluster, withLines)).toEqual([]);
    const invalid = { postgresql: { pg_hba: ["hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256"] } };
    expect(said(observing, cluster, theirs(invalid))).toEqual([]);
  });
});
