import { expect, test } from "vitest";
import type { LiveCluster } from "../../../components/cluster/live.ts";
import { EMPTY_CLUSTER, runStack, STACK, type StackOptions } from "../program/stack.ts";

function namespace(name: string, annotations: Record<string, string> = {}, labels: Record<string, string> = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, annotations, labels } };
}

function operator(image: string) {
  const spec = { template: { spec: { containers: [{ image }] } } };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "operator" }, spec };
}

function startedWith(database: string, owner: string) {
  const spec = { bootstrap: { initdb: { database, owner } } };
  return { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name: "pg" }, spec };
}

/** Production's database, on a cluster that is there. */
function onExisting(options: StackOptions) {
  return runStack("production", { ...options, config: { cluster: {}, ...options.config } });
}

const ours = { "hcloud-postgres/stack": STACK("production") };
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
const existing = { operator: { install: "existing" } };

const app = {
  ...{ name: "app", role: "app_user", database: "app" },
  workloads: [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }],
};
const certified = {
  ...{ name: "batch", role: "batch", database: "app", auth: "cert" },
  workloads: [{ podLabels: { app: "batch" }, serviceAccount: { name: "batch" } }],
};

const refused: [string, StackOptions, string[]][] = [
  [
    "another cluster than last time",
    { outputs: { clusterUid: "another" } },
    ["another", EMPTY_CLUSTER.uid, "pulumi stack init"],
  ],
  [
    "somebody else's namespace",
    { live: { namespace: namespace("production") } },
    ["namespace.existing", "made by somebody else"],
  ],
  [
    "another stack's namespace",
    { live: { namespace: namespace("production", { "hcloud-postgres/stack": STACK("staging") }) } },
    ["made by somebody else"],
  ],
  [
    "an existing namespace that is not there",
    { config: { namespace: { existing: true } } },
    ["to exist already", "kubectl create namespace production"],
  ],
  [
    "an existing namespace without Pod Security",
    { config: { namespace: { existing: true } }, live: { namespace: namespace("production") } },
    ["pod-security.kubernetes.io/enforce=restricted"],
  ],
  ["a second operator", { live: { operatorWebhook: true } }, ["operator.install", "a cluster holds one"]],
  ["an existing operator that is not there", { config: existing }, ["an operator in namespace cnpg-system"]],
  [
    "an operator that is too old",
    { config: existing, live: { operators: [operator("x/cloudnative-pg:1.29.1")] } },
    ['got "1.29.1"', "1.29.2 or later"],
  ],
  [
    "a certificate that the operator cannot issue",
    {
      config: { ...existing, clients: [app, certified] },
      live: { operators: [operator("x/cloudnative-pg:1.29.2")], operatorWebhook: true },
    },
    ["clients[1].auth", "1.29.2 does not"],
  ],
  [
    "an operator that tells no version",
    { config: existing, live: { operators: [operator("x@sha256:abc")] } },
    ["tells no version"],
  ],
  [
    "another bootstrap database",
    { live: { database: startedWith("old", "app_user") } },
    ["database.bootstrap", '"database":"old"'],
  ],
  [
    "another bootstrap owner",
    { live: { database: startedWith("app", "old") } },
    ["database.bootstrap", '"owner":"old"'],
  ],
];

test.each(refused)("%s is refused", async (_name, options, said) => {
  const run = onExisting(options);
  for (const text of said) await expect(run).rejects.toThrow(text);
});

const accepted: [string, StackOptions][] = [
  ["the cluster of last time", { outputs: { clusterUid: EMPTY_CLUSTER.uid } }],
  [
    "our own namespaces",
    {
      live: {
        namespace: namespace("production", ours),
        operatorNamespace: namespace("cnpg-system", ours),
        operatorWebhook: true,
      },
    },
  ],
  [
    "an existing namespace under Pod Security",
    { config: { namespace: { existing: true } }, live: { namespace: namespace("production", {}, restricted) } },
  ],
  [
    "an existing operator of the right version",
    { config: existing, live: { operators: [operator("x/cloudnative-pg:1.30.0@sha256:abc")], operatorWebhook: true } },
  ],
  ["the same bootstrap", { live: { database: startedWith("app", "app_user") } }],
];

test.each(accepted)("%s is accepted", async (_name, options) => {
  expect((await onExisting(options)).length).toBeGreaterThan(10);
});

const spread: [string, Partial<LiveCluster>, Record<string, unknown>, string][] = [
  ["three nodes for three instances", {}, {}, "required"],
  ["one node", { nodes: EMPTY_CLUSTER.nodes.slice(0, 1) }, {}, "preferred"],
  ["one node, asked to spread", { nodes: EMPTY_CLUSTER.nodes.slice(0, 1) }, { distinctNodes: true }, "required"],
  ["nodes with another label", {}, { nodeSelector: { pool: "db" } }, "preferred"],
  ["tainted nodes", { nodes: tainted() }, {}, "preferred"],
  ["tainted nodes, tolerated", { nodes: tainted() }, { tolerations: [{ key: "db", operator: "Exists" }] }, "required"],
];

function tainted() {
  return EMPTY_CLUSTER.nodes.map((node) => ({ ...node, taints: [{ key: "db", value: "only", effect: "NoSchedule" }] }));
}

test.each(spread)("anti-affinity with %s", async (_name, live, cluster, expected) => {
  const resources = await runStack("production", { live, config: { cluster } });
  const found = resources.find(({ type }) => type.endsWith(":Cluster"));
  expect(found?.inputs).toMatchObject({ spec: { affinity: { podAntiAffinityType: expected } } });
});
