import { Unreachable, type KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { hasCondition, TimedOut, until } from "../../../kube/wait.ts";
import { readClusters } from "../live.ts";

const NODES = { apiVersion: "v1", kind: "Node" };
const UNINITIALISED = "node.cloudprovider.kubernetes.io/uninitialized";

export interface WaitOptions {
  seconds: number;
  /** Milliseconds between two looks; default 5000. */
  interval?: number;
}

export interface ReadyOptions extends WaitOptions {
  /** Server that is asked. */
  name: string;
}

/**
 * Waits until the API server answers /readyz with ok, under our CA and as our administrator.
 * @throws Error that names the server, what it said last, and where to look
 */
export async function untilApiServerReady(client: KubeClient, options: ReadyOptions): Promise<void> {
  let last: unknown;
  const look = async () => {
    try {
      return (await client.text("GET", "/readyz", { timeout: 10_000 })).trim() === "ok" || undefined;
    } catch (error) {
      last = error;
      return undefined;
    }
  };
  const { name, seconds, interval = 5000 } = options;
  try {
    await until(`API server of ${name}`, look, { seconds, interval });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new Error(
      `the API server of ${name} (${client.server}) is not ready after ${String(seconds)} s.\n` +
        `last answer: ${last instanceof Error ? last.message : "not ok"}\n${advice(last)}`,
    );
  }
}

function advice(error: unknown): string {
  const said = error instanceof Error ? error.message : "";
  const console = "the server's console in the Hetzner project shows its first boot";
  if (/certificate|self.signed/i.test(said)) {
    return "another cluster answers there, or a kubeconfig with another CA is in use: compare the server in the Hetzner project";
  }
  if (error instanceof Unreachable && said.includes("ECONNREFUSED")) {
    return `the server is up and k3s is not: ${console} (prepare-node, install-k3s and join-or-initialise say why they stop)`;
  }
  if (error instanceof Unreachable) {
    return `does cluster.hetzner.firewallKubeApiSource hold the address of this machine? If so, ${console}`;
  }
  return `${console}; with SSH: journalctl -u k3s`;
}

/**
 * Waits until the nodes are there, ready, and initialised by the cloud controller: before that nothing is scheduled on
 * them, and no NetworkPolicy is enforced.
 * @throws Error that says of each node what it lacks
 */
export async function untilNodesInitialised(
  client: KubeClient,
  names: readonly string[],
  options: WaitOptions,
): Promise<void> {
  const look = async () => {
    const nodes = await client.list(NODES).catch(() => []);
    return names.flatMap((name) => stated(name, lackOf(nodes.find(({ metadata }) => metadata.name === name))));
  };
  const where =
    "a node that is missing: its console in the Hetzner project; not initialised: " +
    "kubectl -n kube-system logs deployment/hcloud-cloud-controller-manager";
  await untilNothingLacks("not every node is ready", look, where, options);
}

/**
 * Waits until all other nodes are up and every database has its instances: `server` is about to be stopped, and the one
 * before it may still be booting. A node counts as up when it has been heard of since the wait began.
 * @throws Error that says of each node and database what it lacks
 */
export async function untilOthersAreUp(client: KubeClient, server: string, options: WaitOptions): Promise<void> {
  const before = await heartbeats(client);
  const look = async () => {
    const [nodes, now, databases] = await Promise.all([client.list(NODES), heartbeats(client), incomplete(client)]);
    const others = nodes.filter(({ metadata }) => metadata.name !== server);
    const away = others.flatMap((node) => {
      const name = node.metadata.name ?? "";
      return stated(name, lackOf(node) ?? (now.get(name) === before.get(name) ? "not heard of" : undefined));
    });
    return [...away, ...databases];
  };
  const problem = `${server} is not stopped, since others are not up`;
  const where = "bring them back first: with two servers gone the control plane or the database may stand still";
  await untilNothingLacks(problem, look, where, options);
}

/** Waits until a look finds nothing that lacks; an error of the last one has what it found, a line each. */
async function untilNothingLacks(
  problem: string,
  look: () => Promise<string[]>,
  where: string,
  { seconds, interval = 5000 }: WaitOptions,
): Promise<void> {
  let lacking: string[] = [];
  const isDone = async () => {
    lacking = await look();
    return lacking.length === 0 || undefined;
  };
  try {
    await until("nodes", isDone, { seconds, interval });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new Error(`${problem} after ${String(seconds)} s.\n${lacking.join("\n")}\n${where}`);
  }
}

function stated(name: string, lack: string | undefined): string[] {
  return lack === undefined ? [] : [`${name}: ${lack}`];
}

/** When each node's kubelet last renewed its lease, every ten seconds while it runs. */
async function heartbeats(client: KubeClient): Promise<Map<string, unknown>> {
  const leases = await client.list({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    namespace: "kube-node-lease",
  });
  return new Map(leases.map(({ metadata, spec }) => [metadata.name ?? "", (spec as { renewTime?: string }).renewTime]));
}

/** The databases that lack instances. */
async function incomplete(client: KubeClient): Promise<string[]> {
  const databases = (await readClusters(client)) as Database[];
  return databases.flatMap(({ metadata, spec, status: { readyInstances = 0 } = {} }) => {
    const some = `${String(readyInstances)} of ${String(spec.instances)} instances ready`;
    return stated(`database ${metadata.name ?? ""}`, readyInstances < spec.instances ? some : undefined);
  });
}

interface Database extends KubeObject {
  spec: { instances: number };
  status?: { readyInstances?: number };
}

function lackOf(node: KubeObject | undefined): string | undefined {
  if (!node) return "has not joined";
  const { taints = [] } = (node["spec"] ?? {}) as { taints?: { key: string }[] };
  if (taints.some(({ key }) => key === UNINITIALISED)) return "not initialised by the cloud controller";
  return hasCondition(node, "Ready") ? undefined : "not ready";
}
