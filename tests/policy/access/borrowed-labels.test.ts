import { describe, expect, test } from "vitest";
import { clientsOf } from "../../../policy/rules/rbac/clients.ts";
import { closed, cluster, policy, pooler, rowsOf, sound, stackFrom, verdicts } from "./lab.ts";

const workload = (name: string, labels: string, namespace = "production", kind = "Deployment", owner = "") => `
---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}${owner} }
spec:
  template:
    metadata: { labels: { ${labels} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: c, image: x }] }
`;

const pod = (name: string, labels: string, owner: string) => `
---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: production
  labels: { ${labels} }
  ownerReferences: [${owner}]
spec: { containers: [{ name: c, image: x }] }
`;

const ownedBy = (apiVersion: string, kind: string, name: string) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, controller: true }`;
const byCluster = ownedBy("postgresql.cnpg.io/v1", "Cluster", "pg");

/** The rows of pods that nobody declared. */
const strangers = (manifests: string) =>
  verdicts(rowsOf(cluster(closed) + sound + manifests)).filter((row) => /^spoof|^debug|^pg-|^pooler-/.test(row));

describe("whoever wears the labels of the database's own pods", () => {
  test.each([
    ["a template", workload("spoof", "x: y, cnpg.io/cluster: pg")],
    ["a template with the very labels of a peer", workload("spoof", "cnpg.io/cluster: pg")],
    ["a template that passes for an instance", workload("spoof", "cnpg.io/cluster: pg, cnpg.io/podRole: instance")],
    [
      "a pod of somebody's Job",
      pod("spoof", "cnpg.io/cluster: pg, cnpg.io/jobRole: join", ownedBy("batch/v1", "Job", "mine")),
    ],
    [
      "a pod of another Cluster",
      pod("spoof", "cnpg.io/cluster: pg", ownedBy("postgresql.cnpg.io/v1", "Cluster", "other")),
    ],
    ["a pod of another kind Cluster", pod("spoof", "cnpg.io/cluster: pg", ownedBy("example.com/v1", "Cluster", "pg"))],
  ])("%s is a stranger with rows", (_, manifests) => {
    expect(strangers(manifests)).toEqual([
      expect.stringMatching(/^spoof .* 5432: network-only$/),
      expect.stringMatching(/^spoof .* 8000: open$/),
    ]);
  });

  test("is no instance: the real ones are judged", () => {
    const onlySpoof = policy("[]", "spoof", "{ matchLabels: { x: y } }");
    const spoof = workload("spoof", "x: y, cnpg.io/cluster: pg, cnpg.io/podRole: instance");
    expect(verdicts(rowsOf(cluster(closed) + onlySpoof + spoof))).toContain("any other pod in production 8000: open");
  });
});

describe("the database's own pods, known by their owner,", () => {
  const job = `
---
apiVersion: batch/v1
kind: Job
metadata: { name: pg-2-join, namespace: production, ownerReferences: [${byCluster}] }
spec: { template: { metadata: { labels: { cnpg.io/cluster: pg } }, spec: { containers: [{ name: c, image: x }] } } }
`;
  test.each([
    ["an instance", pod("pg-1", "cnpg.io/cluster: pg, cnpg.io/podRole: instance", byCluster)],
    ["a Job and its pod", job + pod("pg-2-join-x", "cnpg.io/cluster: pg", ownedBy("batch/v1", "Job", "pg-2-join"))],
    [
      "a pooler, by its ReplicaSet and Deployment",
      pooler +
        workload(
          "pooler",
          "cnpg.io/cluster: pg",
          "production",
          "Deployment",
          `, ownerReferences: [${ownedBy("postgresql.cnpg.io/v1", "Pooler", "pooler")}]`,
        ) +
        workload(
          "pooler-1",
          "cnpg.io/cluster: pg",
          "production",
          "ReplicaSet",
          `, ownerReferences: [${ownedBy("apps/v1", "Deployment", "pooler")}]`,
        ) +
        pod("pooler-1-x", "cnpg.io/cluster: pg", ownedBy("apps/v1", "ReplicaSet", "pooler-1")),
    ],
  ])("are no strangers: %s", (_, manifests) => {
    expect(strangers(manifests)).toEqual([]);
  });

  test("owners that own each other own nothing", () => {
    const [a, b] = [ownedBy("apps/v1", "Deployment", "spoof"), ownedBy("apps/v1", "ReplicaSet", "spoof")];
    const circle =
      workload("spoof", "cnpg.io/cluster: pg", "production", "ReplicaSet", `, ownerReferences: [${a}]`) +
      workload("spoof", "cnpg.io/cluster: pg", "production", "Deployment", `, ownerReferences: [${b}]`);
    expect(strangers(circle)).toHaveLength(2);
  });
});

describe("whoever wears the operator's label", () => {
  const label = "app.kubernetes.io/name: cloudnative-pg";
  const rows = (manifests: string) => verdicts(rowsOf(cluster(closed) + sound + manifests));

  test("elsewhere than the operator is a stranger", () => {
    const debug = workload("debug", label);
    expect(rows(debug)).toContain("operator in cnpg-system 8000: lifeline");
    const toDebug = policy(
      `[{ from: [{ podSelector: { matchLabels: { ${label} } } }], ports: [{ port: 8000 }] }]`,
      "debug",
    );
    expect(rows(debug + toDebug)).toContain("pods (app.kubernetes.io/name=cloudnative-pg) in production 8000: open");
  });

  test("where policies expect the operator is it, and in cnpg-system without them", () => {
    expect(rows(workload("cnpg", label, "operators"))).toContain("operator in operators 8000: lifeline-cut");
    expect(rows(workload("other", label, "operators") + workload("cnpg", label, "cnpg-system"))).toContain(
      "operator in cnpg-system 8000: lifeline",
    );
    expect(verdicts(rowsOf(cluster(closed) + workload("cnpg", label, "operators")))).toContain(
      "operator in operators 8000: lifeline",
    );
  });

  test("is no less of a client for it", () => {
    const users = (manifests: string) =>
      clientsOf(stackFrom(cluster(closed) + sound + manifests), {}).map(({ user }) => user);
    expect(users(workload("debug", `app: myapp, ${label}`))).toEqual(["system:serviceaccount:production:debug"]);
  });
});
