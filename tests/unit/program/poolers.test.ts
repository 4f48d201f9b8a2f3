import { describe, expect, test } from "vitest";
import { namespacesTooEarly, warnings } from "../../../components/cluster/preflight.ts";
import { schema } from "../../../config/schema.ts";
import { AUTHORITY, EMPTY_CLUSTER, isSecret, masked, runStack, type Registered } from "./stack.ts";

const workload = (name: string) => ({ podLabels: { app: name }, serviceAccount: { name } });
const clients = [
  {
    name: "app",
    role: "app_user",
    database: "app",
    workloads: [workload("myapp"), { namespace: "web", ...workload("front") }],
    deployers: [{ kind: "Group", name: "app-team" }],
    pooler: {},
  },
  { name: "direct", role: "direct", database: "app", workloads: [workload("direct")] },
];
const stack = await runStack("production", { config: { clients } });
const metadata = ({ inputs }: Registered) => inputs["metadata"] as { name: string; namespace?: string };
const inWeb = (type: string) => stack.filter((one) => one.type === type && metadata(one).namespace === "web");
const kind = (resources: Registered[], of: string) => resources.filter(({ type }) => type.endsWith(`:${of}`));

describe("in a client's namespace", () => {
  test("there is its Secret, and the CA's certificate alone", () => {
    const secrets = inWeb("kubernetes:core/v1:Secret");
    expect(secrets.map((one) => metadata(one).name).sort()).toEqual(["pg-app-credentials", "pg-ca"]);
    const [credentials, authority] = ["pg-app-credentials", "pg-ca"].map((name) =>
      secrets.find((one) => metadata(one).name === name),
    );
    expect(authority?.inputs["stringData"]).toMatchObject({ value: { "ca.crt": AUTHORITY } });
    const original = kind(stack, "Secret").find(
      (one) => metadata(one).name === "pg-app-credentials" && metadata(one).namespace === "production",
    );
    expect(credentials?.inputs["stringData"]).toEqual(original?.inputs["stringData"]);
    expect(masked(credentials?.inputs["stringData"])).toEqual("[secret]");
    expect(isSecret(credentials?.inputs["stringData"])).toBe(true);
  });

  test("its ServiceAccount may read that one Secret, and its deployers may run it", () => {
    expect(inWeb("kubernetes:core/v1:ServiceAccount").map((one) => metadata(one).name)).toEqual(["front"]);
    const roles = inWeb("kubernetes:rbac.authorization.k8s.io/v1:Role");
    expect(roles.map(({ inputs }) => inputs["rules"])).toEqual([
      [{ apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["front"], verbs: ["use"] }],
      [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["pg-app-credentials"], verbs: ["get"] }],
    ]);
    const bindings = inWeb("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").map(
      ({ inputs }) => inputs["subjects"],
    );
    expect(bindings).toContainEqual([{ kind: "ServiceAccount", name: "front", namespace: "web" }]);
  });

  test("the same admission policies hold, for that client alone", () => {
    const bound = kind(stack, "ValidatingAdmissionPolicyBinding").filter(({ inputs }) =>
      JSON.stringify(inputs["spec"]).includes('"kubernetes.io/metadata.name":"web"'),
    );
    expect(bound.map((one) => metadata(one).name)).toHaveLength(7);
    expect(bound.every((one) => metadata(one).name.endsWith(".pg.production.web"))).toBe(true);
    const pods = kind(stack, "ValidatingAdmissionPolicy").find(
      (one) => metadata(one).name === "pods.pg.production.web",
    );
    const text = JSON.stringify(pods?.inputs["spec"]);
    expect(text).toContain(String.raw`{\"front\":{\"app\":\"front\"}}`);
    expect(text).toContain(String.raw`{\"pg-app-credentials\":[\"front\"]}`);
    expect(text).not.toContain("cnpg.io");
  });

  test("its workload is admitted to the pooler by namespace and labels in one peer", () => {
    const policy = kind(stack, "NetworkPolicy").find((one) => metadata(one).name === "allow-app-to-pg");
    expect(policy?.inputs["spec"]).toEqual({
      podSelector: { matchLabels: { "cnpg.io/cluster": "pg", "cnpg.io/poolerName": "pg-app-pooler" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { podSelector: { matchLabels: { app: "myapp" } } },
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "web" } },
              podSelector: { matchLabels: { app: "front" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 5432 }],
        },
      ],
    });
  });
});

test("the pooler comes after the Cluster, whose certificate has its names, and the operator may run it", () => {
  const [cluster] = kind(stack, "Cluster");
  const [pooler] = kind(stack, "Pooler");
  expect(pooler?.dependencies).toContain(cluster?.urn);
  expect(pooler?.inputs["metadata"]).toMatchObject({
    annotations: { "pulumi.com/deletionPropagationPolicy": "background" },
  });
  expect(cluster?.inputs["spec"]).toMatchObject({
    certificates: {
      serverAltDNSNames: ["pg-app-pooler", "pg-app-pooler.production", "pg-app-pooler.production.svc"],
    },
  });
  const runAs = kind(stack, "Role").find((one) => metadata(one).name === "run-as-pg");
  expect(runAs?.inputs["rules"]).toMatchObject([{ resourceNames: ["pg", "pg-app-pooler"] }]);
});

test("no two resources share a name, whatever clients and namespaces are called", async () => {
  const deployers = [{ kind: "Group", name: "team" }];
  const alike = [
    { ...clients[0], workloads: [{ namespace: "a", ...workload("b-c") }], name: "b-c" },
    { name: "a-b-c", role: "x", database: "app", workloads: [workload("x")] },
    { name: "c", role: "y", database: "app", workloads: [{ namespace: "a-b", ...workload("y") }], pooler: {} },
    { name: "operator", role: "z", database: "app", workloads: [workload("z")], deployers },
  ];
  expect((await runStack("production", { config: { clients: alike } })).length).toBeGreaterThan(10);
});

test("a first preview waits for no cluster and knows no certificate", async () => {
  const preview = await runStack("production", { preview: true, config: { clients } });
  const authority = kind(preview, "Secret").find(({ name }) => name === "authority-web");
  expect(authority).toBeDefined();
  expect(JSON.stringify(authority?.inputs)).not.toContain(AUTHORITY);
});

test("a namespace that is not there is missed before anything is registered", async () => {
  const onExisting = (clientNamespaces: string[]) =>
    runStack("production", { config: { cluster: {}, clients }, live: { clientNamespaces } });
  await expect(onExisting([])).rejects.toThrow('clients[0].workloads[1].namespace: got "web"');
  expect((await onExisting(["web"])).length).toBeGreaterThan(10);
});

test("a namespace in a cluster that is still to be made is told of", () => {
  const config = schema.parse({
    clients: [
      {
        name: "front",
        role: "front",
        database: "app",
        workloads: [{ namespace: "web", ...workload("front") }],
        pooler: {},
      },
    ],
  });
  expect(namespacesTooEarly(config)).toEqual([expect.stringContaining("kubectl create namespace web")]);
});

test("who shares a pooler is told", () => {
  const shared = { name: "both", shared: true };
  const config = schema.parse({
    clients: [
      { name: "left", role: "left", database: "app", workloads: [workload("left")], pooler: shared },
      { name: "right", role: "right", database: "app", workloads: [workload("right")], pooler: shared },
    ],
  });
  expect(warnings(config, EMPTY_CLUSTER)).toEqual([
    "clients left, right share pooler both: whoever has another's password can log in as it",
  ]);
});
