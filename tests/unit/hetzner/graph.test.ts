import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { CLUSTER_TOKEN, EMPTY_CLUSTER, HCLOUD_TOKEN, isSecret, runStack, type Registered } from "../program/stack.ts";

const production = await runStack("production");
const small = await runStack("examples/hetzner-small");
const arm64 = await runStack("examples/hetzner-arm64");
const presets = { production, small, arm64 };

const SERVER = "hcloud:index/server:Server";
const PROVIDER = "pulumi:providers:kubernetes";

function all(resources: Registered[], type: string): Registered[] {
  return resources.filter((one) => one.type === type);
}

function named(resources: Registered[], name: string, type?: string): Registered {
  const found = resources.filter((one) => one.name === name && (type === undefined || one.type === type));
  expect(found, name).toHaveLength(1);
  return found[0] as Registered;
}

/** What is inside a secret envelope. */
function opened(value: unknown): unknown {
  return isSecret(value) ? (value as { value: unknown }).value : value;
}

/** Everything outside secret envelopes, as text. */
function plainText(resources: Registered[]): string {
  return JSON.stringify(
    resources.map(({ inputs }) => inputs),
    (_, value: unknown) => (isSecret(value) ? "[secret]" : value),
  );
}

function userDataOf(resources: Registered[], name: string): string {
  return String(opened(named(resources, name, SERVER).inputs["userData"]));
}

/** Whether `later` waits for `earlier`, by way of whatever. */
function waitsFor(resources: Registered[], later: Registered, earlier: Registered, seen = new Set<string>()): boolean {
  return later.dependencies.some((urn) => {
    if (urn === earlier.urn) return true;
    if (seen.has(urn)) return false;
    seen.add(urn);
    const between = resources.find((one) => one.urn === urn);
    return between !== undefined && waitsFor(resources, between, earlier, seen);
  });
}

test.each(Object.entries(presets))("%s: what must be secret is, and is nowhere else", (_name, resources) => {
  for (const server of all(resources, SERVER)) expect(isSecret(server.inputs["userData"]), server.name).toBe(true);
  for (const provider of all(resources, PROVIDER)) expect(isSecret(provider.inputs["kubeconfig"])).toBe(true);
  expect(isSecret(named(resources, "cluster-hcloud").inputs["token"])).toBe(true);
  expect(isSecret(named(resources, "cluster-cloud-token").inputs["stringData"])).toBe(true);
  for (const one of resources.filter(({ type }) => type.startsWith("tls:"))) {
    for (const key of ["privateKeyPem", "caPrivateKeyPem"].filter((name) => name in one.inputs)) {
      expect(isSecret(one.inputs[key]), `${one.name}.${key}`).toBe(true);
    }
  }
  const text = plainText(resources);
  for (const hidden of [
    "PRIVATE KEY",
    "Pa55w0rd-of-",
    HCLOUD_TOKEN,
    CLUSTER_TOKEN,
    "K10",
    "s3-secret-key",
    "s3-access-key",
  ]) {
    expect(text).not.toContain(hidden);
  }
});

test.each(Object.entries(presets))(
  "%s: user data holds no token of Hetzner and no kubeconfig; one server alone has CA keys",
  (_name, resources) => {
    const servers = all(resources, SERVER);
    for (const { name } of servers) {
      const data = userDataOf(resources, name);
      for (const token of [HCLOUD_TOKEN, CLUSTER_TOKEN]) expect(data, name).not.toContain(token);
      expect(data).not.toContain("client-certificate-data");
      expect(data).toMatch(/agent-token: |token: K10[0-9a-f]{64}::node:/);
    }
    const withKeys = servers.filter(({ name }) => userDataOf(resources, name).includes("PRIVATE KEY"));
    expect(withKeys).toHaveLength(1);
    expect((opened(withKeys[0]?.inputs["labels"]) as { role: string }).role).toBe("server");
  },
);

test("agents hold neither the server token nor anything else that opens the control plane", () => {
  const data = userDataOf(production, "cluster-server-postgres-1");
  expect(data).toContain("Pa55w0rd-of-cluster-agent-token");
  expect(data).not.toContain("Pa55w0rd-of-cluster-server-token");
  expect(data).not.toContain("agent-token:");
});

test("the tokens carry the fingerprint of the root of the CA that clients trust", () => {
  const config = parse(String(opened(named(production, "cluster-provider").inputs["kubeconfig"]))) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  };
  const { cluster } = config.clusters[0] ?? { cluster: { server: "", "certificate-authority-data": "" } };
  expect(cluster.server).toBe("https://198.51.100.1:6443");
  const bundle = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  const [issuing, root] = bundle.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem));
  const fingerprint = root?.fingerprint256.replaceAll(":", "").toLowerCase() ?? "";
  expect(root && issuing?.checkIssued(root)).toBe(true);
  expect(userDataOf(production, "cluster-server-postgres-1")).toContain(`K10${fingerprint}::node:`);
  expect(userDataOf(production, "cluster-server-control-plane-2")).toContain(`K10${fingerprint}::server:`);
});

test("certificates and addresses first, servers next, then the gate, Hetzner's token, the nodes, and all the rest", () => {
  const first = named(production, "cluster-server-control-plane-1", SERVER);
  for (const name of ["cluster-pki-root-ca", "cluster-pki-server-ca", "cluster-ip-control-plane-3"]) {
    expect(waitsFor(production, first, named(production, name)), name).toBe(true);
  }
  const apiServerReady = named(production, "cluster-api-server-ready");
  for (const server of all(production, SERVER)) expect(apiServerReady.dependencies).toContain(server.urn);
  expect(apiServerReady.hooks).toEqual(["cluster-api-server-ready"]);
  const bootstrap = named(production, "cluster-bootstrap-provider");
  expect(bootstrap.dependencies).toContain(apiServerReady.urn);
  const token = named(production, "cluster-cloud-token");
  expect(token.provider).toContain("::cluster-bootstrap-provider::");
  const nodesReady = named(production, "cluster-nodes-initialised");
  expect(nodesReady.dependencies).toContain(token.urn);
  expect(nodesReady.hooks).toEqual(["cluster-nodes-initialised"]);
  for (const name of ["cluster-provider", "cluster-adopting-provider"]) {
    expect(named(production, name).dependencies, name).toContain(nodesReady.urn);
  }
  const inCluster = production.filter(({ type }) => type.startsWith("kubernetes:"));
  const early = inCluster.filter((one) => one.provider.includes("bootstrap"));
  expect(early.map(({ name }) => name)).toEqual(["cluster-cloud-token"]);
});

test("what the cluster is lost with is protected, in Pulumi and at Hetzner; a stack that may be thrown away protects nothing", async () => {
  const kept = [
    ...all(production, SERVER),
    ...all(production, "hcloud:index/network:Network"),
    ...all(production, "hcloud:index/primaryIp:PrimaryIp"),
  ];
  expect(kept).toHaveLength(10);
  for (const { name, protect, inputs } of kept) {
    expect(protect, name).toBe(true);
    expect(inputs["deleteProtection"], name).toBe(true);
  }
  for (const { name, inputs } of all(production, SERVER)) expect(inputs["rebuildProtection"], name).toBe(true);
  const authorities = production.filter(({ name }) => /^cluster-pki-.*(-ca|service)(-key)?$/.test(name));
  expect(authorities.length).toBeGreaterThan(10);
  expect(authorities.every(({ protect }) => protect)).toBe(true);
  // Workers hold nothing, and a database on Hetzner volumes outlives its servers.
  for (const name of ["cluster-server-workers-1", "cluster-server-postgres-1"]) {
    expect(named(arm64, name, SERVER).protect, name).toBe(false);
  }
  const thrownAway = await runStack("production", { config: { protect: false } });
  expect(thrownAway.filter(({ protect }) => protect)).toEqual([]);
  expect(all(thrownAway, SERVER).every(({ inputs }) => inputs["deleteProtection"] === false)).toBe(true);
});

test("no running server is replaced for what only a first boot reads", () => {
  for (const { ignoreChanges, deleteBeforeReplace } of all(production, SERVER)) {
    expect(ignoreChanges).toEqual(["userData", "image", "sshKeys"]);
    expect(deleteBeforeReplace).toBe(true);
  }
});

test("every server is behind the firewall, without IPv6, in its pool's subnet and group", () => {
  for (const resources of Object.values(presets)) {
    for (const { inputs, name } of all(resources, SERVER)) {
      expect(inputs["firewallIds"], name).toHaveLength(1);
      expect(inputs["publicNets"]).toMatchObject([{ ipv4Enabled: true, ipv6Enabled: false }]);
      expect(inputs["networks"]).toMatchObject([{ aliasIps: [] }]);
      expect(inputs["placementGroupId"]).toBeTypeOf("number");
    }
  }
  const [firewall] = all(production, "hcloud:index/firewall:Firewall");
  const rules = firewall?.inputs["rules"] as { direction: string; port?: string; sourceIps?: string[] }[];
  expect(rules.filter(({ direction }) => direction === "in")).toMatchObject([
    { port: "6443", sourceIps: ["100.64.7.0/24"] },
  ]);
});

test("the load balancer has no public interface", () => {
  expect(named(arm64, "cluster-load-balancer-network").inputs["enablePublicInterface"]).toBe(false);
  expect(userDataOf(arm64, "cluster-server-workers-1")).toContain("CONTROL_PLANE='10.0.255.10 10.0.255.101");
  expect(production.filter(({ type }) => type.includes("loadBalancer"))).toEqual([]);
});

test("a new set of servers is waited for like the first one", () => {
  const changed = ["cluster-api-server-ready", "cluster-nodes-initialised"].map((name) => named(production, name));
  for (const { inputs, hooks, updateHooks, name } of changed) {
    expect(inputs["input"]).toHaveLength(all(production, SERVER).length);
    expect(inputs["input"]).toContainEqual(
      expect.objectContaining({ name: "production-postgres-1", serverType: "ccx23" }),
    );
    expect([hooks, updateHooks]).toEqual([[name], [name]]);
  }
});

test("servers of a pool are resized one after the other, each while all others are up", () => {
  const pools = Map.groupBy(all(production, SERVER), ({ name }) => name.replace(/-\d+$/, ""));
  expect(pools.size).toBe(2);
  for (const servers of pools.values()) {
    for (const [index, server] of servers.entries()) {
      expect(server.updateHooks, server.name).toEqual(["cluster-others-up"]);
      const before = servers.filter(({ urn }) => server.dependencies.includes(urn));
      expect(before, server.name).toEqual(index === 0 ? [] : [servers[index - 1]]);
    }
  }
});

test("an example's placeholder may stay in a preview, not in an up", async () => {
  const pool = { name: "cp", serverType: "cx33", location: "fsn1", count: 1 };
  const hetzner = { firewallKubeApiSource: ["100.64.7.7/32", "198.51.100.7/32"], controlPlaneNodepools: [pool] };
  const config = { cluster: { hetzner } };
  await expect(runStack("production", { config })).rejects.toThrow(
    /1 problem, nothing was changed:\n.*cluster\.hetzner\.firewallKubeApiSource\[1\]: got "198\.51\.100\.7\/32"/,
  );
  expect(all(await runStack("production", { config, preview: true }), SERVER)).toHaveLength(1);
});

test("a pool larger than a placement group is spread over several", async () => {
  const hetzner = {
    firewallKubeApiSource: ["203.0.113.0/24"],
    controlPlaneNodepools: [{ name: "cp", serverType: "cx33", location: "fsn1", count: 1 }],
    agentNodepools: [{ name: "many", serverType: "cx33", location: "fsn1", count: 21 }],
  };
  const resources = await runStack("production", { config: { cluster: { hetzner } } });
  const perGroup = Map.groupBy(all(resources, SERVER), ({ inputs }) => inputs["placementGroupId"]);
  expect([...perGroup.values()].map((group) => group.length).sort((a, b) => a - b)).toEqual([1, 1, 10, 10]);
});

test("the database's pool reaches the database: its label, its taint, a node for each instance, its disks", () => {
  const cluster = (resources: Registered[]) =>
    resources.find(({ type }) => type === "kubernetes:postgresql.cnpg.io/v1:Cluster")?.inputs["spec"];
  expect(cluster(production)).toMatchObject({
    affinity: {
      nodeSelector: { "hcloud-postgres/nodepool": "postgres" },
      tolerations: [{ key: "dedicated", operator: "Equal", value: "postgres", effect: "NoSchedule" }],
      podAntiAffinityType: "required",
    },
    storage: { storageClass: "local-path" },
  });
  expect(userDataOf(production, "cluster-server-postgres-1")).toContain("- dedicated=postgres:NoSchedule");
  expect(userDataOf(production, "cluster-server-postgres-1")).toContain("- hcloud-postgres/nodepool=postgres");
  expect(cluster(arm64)).toMatchObject({ storage: { storageClass: "hcloud-volumes-encrypted" } });
  expect(cluster(small)).toMatchObject({
    affinity: { podAntiAffinityType: "required" },
    storage: { storageClass: "local-path" },
  });
});

test("a stack that had a cluster never starts one again", async () => {
  const outputs = { clusterUid: EMPTY_CLUSTER.uid };
  const resources = await runStack("production", { outputs });
  for (const { name } of all(resources, SERVER)) {
    expect(userDataOf(resources, name), name).toContain("INITIALISE='no'");
    expect(userDataOf(resources, name)).not.toContain("PRIVATE KEY");
  }
  const starting = all(production, SERVER).filter(({ name }) =>
    userDataOf(production, name).includes("INITIALISE='yes'"),
  );
  expect(starting.map(({ name }) => name)).toEqual(["cluster-server-control-plane-1"]);
});

test("another cluster in the place of ours is refused before anything is registered", async () => {
  const kubeconfig = String(opened(named(production, "cluster-provider").inputs["kubeconfig"]));
  const run = (clusterUid: string) => runStack("production", { outputs: { clusterUid, kubeconfig } });
  await expect(run("another")).rejects.toThrow("restore the old one from a snapshot of etcd");
  expect((await run(EMPTY_CLUSTER.uid)).length).toBeGreaterThan(50);
});
