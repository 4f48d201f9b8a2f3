import { Unreachable, type KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { hasCondition, TimedOut, until } from "../../../kube/wait.ts";

const UNINITIALISED = "node.cloudprovider.kubernetes.io/uninitialized";

export interface ReadyOptions {
  /** Server that is asked. */
  name: string;
  seconds: number;
  /** Milliseconds between two looks; default 5000. */
  interval?: number;
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
  options: { seconds: number; interval?: number },
): Promise<void> {
  let lacking: string[] = [];
  const look = async () => {
    const nodes = await client.list({ apiVersion: "v1", kind: "Node" }).catch(() => []);
    lacking = names.flatMap((name) => {
      const lack = lackOf(nodes.find(({ metadata }) => metadata.name === name));
      return lack === undefined ? [] : [`${name}: ${lack}`];
    });
    return lacking.length === 0 ? true : undefined;
  };
  const { seconds, interval = 5000 } = options;
  try {
    await until("nodes", look, { seconds, interval });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    const where =
      "a node that is missing: its console in the Hetzner project; not initialised: " +
      "kubectl -n kube-system logs deployment/hcloud-cloud-controller-manager";
    throw new Error(`not every node is ready after ${String(seconds)} s.\n${lacking.join("\n")}\n${where}`);
  }
}

function lackOf(node: KubeObject | undefined): string | undefined {
  if (!node) return "has not joined";
  const { taints = [] } = (node["spec"] ?? {}) as { taints?: { key: string }[] };
  if (taints.some(({ key }) => key === UNINITIALISED)) return "not initialised by the cloud controller";
  return hasCondition(node, "Ready") ? undefined : "not ready";
}
