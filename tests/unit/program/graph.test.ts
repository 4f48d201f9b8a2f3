import { expect, test } from "vitest";
import { isSecret, runStack, type Registered } from "./stack.ts";

const production = await runStack("production");
const local = await runStack("local");

function find(resources: Registered[], type: string, name?: string): Registered {
  const found = resources.filter((one) => one.type === type && (name === undefined || one.name === name));
  expect(found, `${type} ${name ?? ""}`).toHaveLength(1);
  return found[0] as Registered;
}

/** Everything that is there before `resource` is made, through components down to their children. */
function before(resources: Registered[], resource: Registered): Registered[] {
  return resource.dependencies.flatMap((urn) => resources.filter((one) => one.urn === urn));
}

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";

test.each([
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:Secret",
  "random:index/randomPassword:RandomPassword",
  CLUSTER,
])("production protects every %s that holds data or credentials, staging and local do not", async (type) => {
  const ours = (resources: Registered[]) =>
    // Hetzner's token in the cluster comes from the stack configuration and is lost with nothing; upgrades keep nothing.
    resources.filter((one) => one.type === type && !/^operator|-cloud-token$|-upgrade-/.test(one.name));
  expect(ours(production).length).toBeGreaterThan(0);
  expect(ours(production).every(({ protect }) => protect)).toBe(true);
  expect(ours(local).some(({ protect }) => protect)).toBe(false);
  expect(ours(await runStack("staging")).some(({ protect }) => protect)).toBe(false);
});

test("kubeconfig and password reach the engine as secrets only", () => {
  for (const provider of local.filter(({ type }) => type === "pulumi:providers:kubernetes")) {
    expect(isSecret(provider.inputs["kubeconfig"])).toBe(true);
  }
  const { inputs } = find(local, "kubernetes:core/v1:Secret");
  const text = JSON.stringify(
    local.filter(({ type }) => type !== "kubernetes:core/v1:Secret").map(({ inputs: all }) => all),
  );
  expect(isSecret(inputs["stringData"])).toBe(true);
  expect(text).not.toContain("Pa55w0rd-of-");
});

test("the Cluster waits for both layers, the operator, and the proof of enforcement", () => {
  const cluster = find(local, CLUSTER);
  const earlier = before(local, cluster).map(({ type }) => type);
  expect(earlier).toEqual(
    expect.arrayContaining([
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "kubernetes:core/v1:Secret",
      "kubernetes:core/v1:ServiceAccount",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:core/v1:ConfigMap",
    ]),
  );
  expect(before(local, cluster).some(({ name }) => name === "enforcement-receipt")).toBe(true);
});

test("the receipt and the Cluster are held back by their gates", () => {
  expect(find(local, "kubernetes:core/v1:ConfigMap", "enforcement-receipt").hooks).toEqual([
    "network-policy-enforcement",
  ]);
  expect(find(local, CLUSTER).hooks).toEqual(["webhook"]);
});

test("the operator starts after its kinds, rights and webhooks, and its kinds outlive a destroy", () => {
  const deployment = find(local, "kubernetes:apps/v1:Deployment");
  const definitions = local.filter(({ type }) => type.endsWith(":CustomResourceDefinition"));
  expect(definitions).toHaveLength(11);
  expect(definitions.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
  const earlier = before(local, deployment).map(({ urn }) => urn);
  expect(earlier).toEqual(expect.arrayContaining(definitions.map(({ urn }) => urn)));
  expect(before(local, deployment).map(({ type }) => type)).toContain(
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  );
});

test("children carry their component's name and sit below it", () => {
  for (const { name, parent, type } of local.filter(({ type: of }) => !of.startsWith("pulumi:"))) {
    const above = local.find(({ urn }) => urn === parent);
    if (above && !above.type.startsWith("pulumi:")) expect(name, type).toMatch(new RegExp(`^${above.name}-`));
  }
});

test("the admission policies hold once whoever is granted an exception has it", () => {
  const bindings = local.filter(({ type }) => type.endsWith(":ValidatingAdmissionPolicyBinding"));
  expect(bindings).toHaveLength(7);
  for (const binding of bindings)
    expect(before(local, binding).map(({ name }) => name)).toContain("access-CloudNativePG-run-as");
});

test("the operator's ServiceAccount is that of its way to be installed", async () => {
  const subject = (resources: Registered[]) =>
    find(resources, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "access-CloudNativePG-run-as").inputs[
      "subjects"
    ];
  const account = (name: string) => [{ kind: "ServiceAccount", name, namespace: "cnpg-system" }];
  expect(subject(local)).toEqual(account("cnpg-manager"));
  expect(subject(production)).toEqual(account("cloudnative-pg"));
  const containers = [{ image: "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0" }];
  const found = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg" },
    spec: { template: { spec: { serviceAccountName: "theirs", containers } } },
  };
  const existing = await runStack("staging", {
    config: { operator: { install: "existing" } },
    live: { operators: [found] },
  });
  expect(subject(existing)).toEqual(account("theirs"));
});

test("deployers get the verb, and nobody where none is named", async () => {
  const name = "access-app-run-as";
  expect(production.some((one) => one.name === name)).toBe(false);
  const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
  const deployers = [{ kind: "Group", name: "app-team" }];
  const resources = await runStack("production", {
    config: { clients: [{ name: "app", role: "app_user", database: "app", workloads, deployers }] },
  });
  expect(find(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role", name).inputs["rules"]).toEqual([
    { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["myapp"], verbs: ["use"] },
  ]);
});

test("an existing namespace is never owned", async () => {
  const metadata = { name: "production", labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
  const resources = await runStack("production", {
    config: { namespace: { existing: true } },
    live: { namespace: { apiVersion: "v1", kind: "Namespace", metadata } },
  });
  const namespaces = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
  expect(namespaces.map(({ name }) => name)).toEqual([
    "cluster-upgrade-Namespace-system-upgrade",
    "operator-namespace",
  ]);
});

test("a rotation makes a new password and keeps the old one, unprotected, for a round", async () => {
  const clients = [
    {
      name: "app",
      role: "app_user",
      database: "app",
      passwordVersion: 3,
      workloads: [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }],
    },
  ];
  const resources = await runStack("production", { config: { clients } });
  const passwords = resources.filter(({ name }) => name.startsWith("access-app-password"));
  expect(passwords.map(({ name, protect }) => [name, protect])).toEqual([
    ["access-app-password-v2", false],
    ["access-app-password-v3", true],
  ]);
});
