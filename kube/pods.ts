import type { KubeClient } from "./client.ts";
import type { KubeObject } from "./objects.ts";
import { TimedOut, until, type WaitOptions } from "./wait.ts";

/** The parts of a pod's status that tell whether, and why not, it runs. */
export interface PodStatus {
  phase?: string;
  podIP?: string;
  conditions?: { type: string; status: string; message?: string }[];
  containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[];
}

/** A pod's status; empty where there is no pod, or nobody has set it yet. */
export function podStatus(pod: KubeObject | undefined): PodStatus {
  return pod?.["status"] ?? {};
}

/**
 * Waits until `count` pods match the selector and all of them run and have an address; answers them.
 * @throws TimedOut naming the pods that do not run, and why
 */
export async function untilRunning(
  client: KubeClient,
  namespace: string,
  labelSelector: string,
  count: number,
  options: WaitOptions,
): Promise<KubeObject[]> {
  let seen: KubeObject[] = [];
  const look = async () => {
    const pods = await client.list({ apiVersion: "v1", kind: "Pod", namespace }, { labelSelector });
    seen = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return seen.length === count && seen.every(isRunning) ? seen : undefined;
  };
  try {
    return await until(`${String(count)} pods running`, look, options);
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    const missing = seen
      .filter((pod) => !isRunning(pod))
      .map((pod) => `Pod ${String(pod.metadata.name)}: ${whyNot(pod)}`);
    throw new TimedOut([`${error.message} (${String(seen.length)} there)`, ...missing].join("; "), { cause: error });
  }
}

/** What a container has written to standard output and standard error so far. */
export async function podLog(client: KubeClient, namespace: string, pod: string, container: string): Promise<string> {
  return client.text("GET", `/api/v1/namespaces/${namespace}/pods/${pod}/log`, { query: { container } });
}

function isRunning(pod: KubeObject): boolean {
  const { phase, podIP } = podStatus(pod);
  return phase === "Running" && podIP !== undefined;
}

/** Why a pod does not run, in the words of whoever holds it up. */
function whyNot(pod: KubeObject): string {
  const { phase = "Pending", conditions = [], containerStatuses = [] } = podStatus(pod);
  const waiting = containerStatuses.map(({ state }) => state?.waiting).find((state) => state !== undefined);
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const reasons = [waiting?.reason, waiting?.message, unscheduled?.message].filter((text) => text !== undefined);
  return reasons.length > 0 ? reasons.join(": ") : phase;
}
