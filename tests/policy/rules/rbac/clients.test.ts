import { describe, expect, test } from "vitest";
import { clientsOf } from "../../../../policy/rules/rbac/clients.ts";
import { stackOf } from "../../../../policy/rules/stack.ts";
import { manifests } from "../lab.ts";
import { beside, sound, weakened, without } from "../sound.ts";
import { clusterRoleBinding, role, roleBinding } from "./manifests.ts";

const clients = (yaml: string, parameters = {}) =>
  clientsOf(stackOf(manifests(yaml)), parameters).map(({ title }) => title);
const myapp = ["ServiceAccount production/myapp"];
const job = (labels: string, account = "") => `apiVersion: batch/v1
kind: Job
metadata: { name: job, namespace: production }
spec: { template: { metadata: { labels: ${labels} }, spec: { ${account} containers: [{ name: main }] } } }
`;
const reports = "{ kind: ServiceAccount, name: reports }";
const readsAll = role("reader", '[{ apiGroups: [""], resources: [secrets], verbs: [get, list] }]');

test.each([
  ["the workload that a selector matches and the account that the Role names", sound, myapp],
  ["the workload alone", without("RoleBinding", "read-pg-app-secret"), myapp],
  ["the Role alone", without("Deployment", "myapp"), myapp],
  ["a workload without an account", beside(job("{ app: myapp }")), ["ServiceAccount production/default", ...myapp]],
  ["another workload", beside(job("{ app: other }", "serviceAccountName: other,")), myapp],
  [
    "whoever holds another binding to the Role",
    beside(roleBinding("Role read-pg-app-secret", reports)),
    [...myapp, "ServiceAccount production/reports"],
  ],
  [
    "whoever reads all Secrets there",
    beside(`${readsAll}---\n${roleBinding("Role reader", reports)}`),
    [...myapp, "ServiceAccount production/reports"],
  ],
  [
    "no account that reads Secrets everywhere, as operators do",
    beside(
      clusterRoleBinding("ClusterRole cluster-admin", "{ kind: ServiceAccount, name: flux, namespace: flux-system }"),
    ),
    myapp,
  ],
  // What the operator itself makes for a Cluster and a Pooler: pkg/specs/roles.go, pkg/specs/pgbouncer/roles.go.
  [
    "not the account of the instances",
    beside(`${role("pg", '[{ apiGroups: [""], resources: [secrets], resourceNames: [pg-app, pg-ca], verbs: [get, watch] }]')}---
${roleBinding("Role pg", "{ kind: ServiceAccount, name: pg }")}`),
    myapp,
  ],
])("knows %s", (_, yaml, expected) => {
  expect(clients(yaml)).toEqual(expected);
});

test("knows who reads the password of a managed role, and takes a superuser's for no client's", () => {
  const readers = `---
${role("reader", '[{ apiGroups: [""], resources: [secrets], resourceNames: [reports-password], verbs: [get] }]')}---
${roleBinding("Role reader", reports)}`;
  const managing = (more: string) =>
    weakened(
      "storage: { size: 10Gi }",
      `managed: { roles: [{ name: reports, passwordSecret: { name: reports-password }${more} }] }`,
    ) + readers;
  expect(clients(managing(""))).toEqual([...myapp, "ServiceAccount production/reports"]);
  expect(clients(managing(", superuser: true"))).toEqual(myapp);
});

describe("clients of a pooler", () => {
  const pooler = `---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: { name: pg-web-pooler, namespace: production }
spec: { cluster: { name: pg }, instances: 1, pgbouncer: { poolMode: session } }
`;
  const pod = (namespace: string, app: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${app}, namespace: ${namespace}, labels: { app: ${app} } }
spec: { serviceAccountName: ${app}, containers: [{ name: main }] }
`;
  const policy = (peer: string, port: number) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: to-pooler, namespace: production }
spec:
  podSelector: { matchLabels: { cnpg.io/poolerName: pg-web-pooler } }
  policyTypes: [Ingress]
  ingress: [{ from: [${peer}], ports: [{ port: ${String(port)} }] }]
`;
  const elsewhere =
    "{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: storefront } }, podSelector: { matchLabels: { app: front } } }";
  const all = pooler + pod("storefront", "front") + pod("production", "front") + pod("storefront", "other");

  test.each([
    ["of another namespace", elsewhere, 5432, ["ServiceAccount storefront/front"]],
    [
      "of its own namespace",
      "{ podSelector: { matchLabels: { app: front } } }",
      5432,
      ["ServiceAccount production/front"],
    ],
    ["not who reads its metrics", elsewhere, 9127, []],
    ["not everybody", "{ namespaceSelector: {}, podSelector: {} }", 5432, []],
  ])("are those %s", (_, peer, port, expected) => {
    expect(clients(sound + all + policy(peer, port))).toEqual([...myapp, ...expected].sort());
  });
});

test("knows whom the parameter names", () => {
  expect(clients(sound, { clients: [{ namespace: "shop", name: "web" }] })).toEqual([
    ...myapp,
    "ServiceAccount shop/web",
  ]);
});
