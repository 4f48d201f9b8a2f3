import { expect, test } from "vitest";
import { access, objectsOf, powers, readWorld, type Problem } from "../../../policy/analysis/index.ts";

/** A rendered object, typed as a program has it: an interface, with fields that may be undefined. */
interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  readonly spec?: object;
}

const policy = (spec: object): Rendered => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "app", namespace: "production" },
  spec,
});

test("plain values are judged as manifests are", () => {
  const cluster: Rendered = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "pg", namespace: "production" },
    spec: {
      instances: 1,
      podSelectorRefs: [{ name: "app", selector: { matchLabels: { app: "myapp" }, matchExpressions: undefined } }],
      postgresql: { pg_hba: ["hostssl app app_user ${podselector:app} scram-sha-256", "host all all all reject"] },
    },
  };
  const admit = (app: string) =>
    policy({
      podSelector: { matchLabels: { "cnpg.io/cluster": "pg" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: { matchLabels: { app } } }], ports: [{ port: 5432 }] }],
    });
  const client = (app: string) => {
    const problems: Problem[] = [];
    const { rows } = access(objectsOf([cluster, admit(app)], problems), "standard", problems);
    expect(problems).toEqual([]);
    return rows.find(({ source, port }) => source.kind === "client" && port === 5432)?.verdict;
  };
  expect(client("myapp")).toBe("declared");
  expect(client("another")).toBe("locked-out");
});

test("a problem names the value by its place", () => {
  const problems: Problem[] = [];
  const objects = objectsOf([{ kind: "Pod" }, policy({ ingress: [{ from: [{}] }] }), policy({})], problems);
  expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["NetworkPolicy app"]);
  readWorld(objectsOf([{}, policy({ ingress: [{ from: [{}] }] })], []), problems);
  expect(problems).toEqual([
    { file: "object 1", line: 1, message: "not a Kubernetes object: apiVersion is missing", unread: true },
    {
      file: "object 2",
      line: 1,
      message: "NetworkPolicy production/app is given again later: this one is left out",
    },
    { file: "object 2", line: 1, message: expect.stringMatching(/would be refused: a peer needs/) as string },
  ]);
});

test("lists give their items", () => {
  const list = { apiVersion: "v1", kind: "List", items: [policy({})] };
  expect(objectsOf([list], []).map(({ kind }) => kind)).toEqual(["NetworkPolicy"]);
  expect(powers(objectsOf([list], []))).toEqual([]);
});
