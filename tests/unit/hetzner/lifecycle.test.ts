import { expect, test } from "vitest";
import type { LiveNode } from "../../../components/cluster/live.ts";
import { poolObjections } from "../../../components/cluster/pools.ts";
import { hetznerSchema } from "../../../config/hetzner/schema.ts";
import { EMPTY_CLUSTER, KUBECONFIG, runStack, type Registered } from "../program/stack.ts";

const pool = (name: string, count: number, more: object = {}) => ({
  name,
  serverType: "cx33",
  location: "fsn1",
  count,
  ...more,
});
const settings = {
  firewallKubeApiSource: ["203.0.113.0/24"],
  controlPlaneNodepools: [pool("control-plane", 3)],
  agentNodepools: [pool("workers", 2), pool("postgres", 3)],
  databaseNodepool: "postgres",
};
const SERVER = "hcloud:index/server:Server";

/** What Hetzner is told of each resource, by name, without what running servers are not changed for. */
async function run(more: object = {}): Promise<Map<string, object>> {
  const resources = await runStack("production", { config: { cluster: { hetzner: { ...settings, ...more } } } });
  return new Map(
    resources
      .filter(({ type }) => type.startsWith("hcloud:"))
      .map(({ name, inputs, ignoreChanges }) => {
        const told = Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key));
        return [name.replace("cluster-", ""), Object.fromEntries(told)];
      }),
  );
}

interface Change {
  made: string[];
  changed: string[];
  gone: string[];
}

function difference(before: Map<string, object>, after: Map<string, object>): Change {
  const same = (name: string) => JSON.stringify(before.get(name)) === JSON.stringify(after.get(name));
  return {
    made: [...after.keys()].filter((name) => !before.has(name)).sort(),
    changed: [...after.keys()].filter((name) => before.has(name) && !same(name)).sort(),
    gone: [...before.keys()].filter((name) => !after.has(name)).sort(),
  };
}

const before = await run();

test.each<[string, object, Partial<Change>]>([
  ["nothing", {}, {}],
  [
    "a higher count: more servers",
    { agentNodepools: [pool("workers", 3), pool("postgres", 3)] },
    { made: ["server-workers-3"] },
  ],
  [
    "a larger control plane: more servers with addresses",
    { controlPlaneNodepools: [pool("control-plane", 5)] },
    { made: ["ip-control-plane-4", "ip-control-plane-5", "server-control-plane-4", "server-control-plane-5"] },
  ],
  [
    "another pool, the last: its subnet, its group, its servers",
    { agentNodepools: [...settings.agentNodepools, pool("more", 1)] },
    { made: ["server-more-1", "spread-more-1", "subnet-more"] },
  ],
  [
    "a lower count: the last server goes",
    { agentNodepools: [pool("workers", 1), pool("postgres", 3)] },
    { gone: ["server-workers-2"] },
  ],
  [
    "no server: all go, and the pool keeps its subnet",
    { allowSchedulingOnControlPlane: true, agentNodepools: [pool("workers", 0), pool("postgres", 3)] },
    { gone: ["server-workers-1", "server-workers-2", "spread-workers-1"] },
  ],
  [
    "the last pool goes, and the servers that the database has now are protected",
    { databaseNodepool: undefined, agentNodepools: [pool("workers", 2)] },
    {
      changed: ["server-workers-1", "server-workers-2"],
      gone: ["server-postgres-1", "server-postgres-2", "server-postgres-3", "spread-postgres-1", "subnet-postgres"],
    },
  ],
  [
    "another server type: its servers are changed",
    { agentNodepools: [pool("workers", 2, { serverType: "cx43" }), pool("postgres", 3)] },
    { changed: ["server-workers-1", "server-workers-2"] },
  ],
  [
    "another network for the API server: the firewall alone",
    { firewallKubeApiSource: ["100.65.0.0/24"] },
    { changed: ["firewall"] },
  ],
  [
    "another image, and all that user data is made of",
    { image: "debian-14", auditLogMaxAge: 7, additionalTlsSans: ["k"] },
    {},
  ],
])("%s", async (_name, more, expected) => {
  expect(difference(before, await run(more))).toEqual({ made: [], changed: [], gone: [], ...expected });
});

test("a resize tells Hetzner the type and nothing else", async () => {
  const after = await run({ agentNodepools: [pool("workers", 2, { serverType: "cx43" }), pool("postgres", 3)] });
  expect({ ...after.get("server-workers-1"), serverType: "cx33" }).toEqual(before.get("server-workers-1"));
});

/** What the engine deletes first: whatever depends on a resource. */
test("a destroy takes what is in the cluster first, then servers, then what they are attached to", async () => {
  const resources = await runStack("examples/hetzner-arm64");
  const urns = new Map(resources.map((one) => [one.urn, one]));
  const reaches = (from: Registered, to: Registered, seen = new Set<string>()): boolean =>
    [...from.dependencies, from.provider.replace(/::[^:]*$/, "")].some((urn) => {
      const next = urns.get(urn);
      if (!next || seen.has(urn)) return false;
      seen.add(urn);
      return next === to || reaches(next, to, seen);
    });
  const of = (...types: string[]) => resources.filter(({ type }) => types.some((start) => type.startsWith(start)));
  const servers = of(SERVER);
  const attachedTo = of("hcloud:index/network:", "hcloud:index/firewall:");
  for (const server of servers) {
    for (const thing of attachedTo) expect(reaches(server, thing), `${server.name} ${thing.name}`).toBe(true);
    expect(of("hcloud:index/networkSubnet:").some((subnet) => reaches(server, subnet))).toBe(true);
    expect(of("hcloud:index/placementGroup:").some((group) => reaches(server, group))).toBe(true);
  }
  for (const object of of("kubernetes:")) {
    for (const server of servers) expect(reaches(object, server), `${object.name} ${server.name}`).toBe(true);
  }
  const [first] = servers.filter(({ name }) => name === "cluster-server-control-plane-1");
  for (const address of of("hcloud:index/primaryIp:")) expect(reaches(first as Registered, address)).toBe(true);
});

const node = (name: string, more: Partial<LiveNode>, labels: object = {}): LiveNode => ({
  name,
  labels: { "hcloud-postgres/nodepool": name, ...labels },
  taints: [],
  podCidrs: [],
  ...more,
});
const running = [
  node(
    "workers",
    { address: "10.0.0.101" },
    { "kubernetes.io/arch": "amd64", "topology.kubernetes.io/region": "fsn1" },
  ),
  node("postgres", { address: "10.0.1.101" }),
];

test.each<[string, object, string[]]>([
  ["as they were", {}, []],
  ["one left out", { agentNodepools: [pool("postgres", 3)] }, ["agentNodepools[0]: postgres in the place that it had"]],
  ["the first one emptied", { agentNodepools: [pool("workers", 0), pool("postgres", 3)] }, []],
  [
    "a new one in front",
    { agentNodepools: [pool("new", 1), ...settings.agentNodepools] },
    ["agentNodepools[1]: workers in the place", "agentNodepools[2]: postgres in the place"],
  ],
  [
    "another architecture",
    { agentNodepools: [pool("workers", 2, { serverType: "cax21" }), pool("postgres", 3)] },
    ["agentNodepools[0].serverType: a type for amd64"],
  ],
  [
    "another location",
    { agentNodepools: [pool("workers", 2, { location: "nbg1" }), pool("postgres", 3)] },
    ["agentNodepools[0].location: fsn1, where its servers are"],
  ],
  ["another network", { networkIpv4Cidr: "10.1.0.0/16" }, ["[0]: workers in the place", "[1]: postgres in the place"]],
])("pools, %s", (_name, more, said) => {
  const problems = poolObjections(hetznerSchema.parse({ ...settings, ...more }), running);
  expect(problems.map(({ key, expected }) => `${key}: ${expected}`)).toEqual(
    said.map((text): unknown => expect.stringContaining(text)),
  );
});

test("pools that cannot become what is asked are refused before anything is registered", async () => {
  const refused = runStack("production", {
    config: { cluster: { hetzner: { ...settings, agentNodepools: [pool("postgres", 3)] } } },
    outputs: { clusterUid: EMPTY_CLUSTER.uid, kubeconfig: KUBECONFIG },
    live: { nodes: running },
  });
  await expect(refused).rejects.toThrow('cluster.hetzner.agentNodepools[0]: got "postgres"');
});
