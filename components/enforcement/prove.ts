import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../kube/client.ts";
import { refOf } from "../../kube/objects.ts";
import { podStatus, untilRunning } from "../../kube/pods.ts";
import { deleteAndWait, TimedOut, until } from "../../kube/wait.ts";
import { canaryPort, leftovers, renderStage, type Stage, type StageArgs } from "./objects.ts";
import { askTcp } from "./probe.ts";
import { conclude, decide, isOpen, undecided, type Observations, type Round, type Verdict } from "./verdict.ts";

/** What a proof of enforcement needs to know. */
export interface ProofOptions extends Omit<StageArgs, "namespace" | "lifetimeSeconds"> {
  /** Seconds after which the proof gives up, image pull included; default 180. */
  timeoutSeconds?: number;
  /** Seconds that the network engine has to let a new policy bite, within `timeoutSeconds`; default 30. */
  settleSeconds?: number;
  /** Told what happens, for people. */
  log?: Log;
}

type Log = (message: string) => void;

/** Seconds after which a packet that nobody answered counts as dropped. */
const patience = 2;

/**
 * Proves with packets whether NetworkPolicy is enforced on each given node, in a namespace of its own that it removes.
 * @throws Error when the cluster refuses to hold the proof
 */
export async function proveEnforcement(client: KubeClient, options: ProofOptions): Promise<Verdict> {
  const { owner, nodes, timeoutSeconds = 180, log = () => undefined } = options;
  if (nodes.length === 0)
    throw new Error("NetworkPolicy enforcement: no node is given whose enforcement could be proved");
  await removeLeftovers(client, owner, log);

  const namespace = `enforcement-${randomBytes(4).toString("hex")}`;
  const stage = renderStage({ ...options, namespace, lifetimeSeconds: timeoutSeconds + 60 });
  const started = Date.now();
  try {
    log(`proving on ${nodes.join(", ")} that NetworkPolicy is enforced (namespace ${namespace})`);
    await setUp(client, stage);
    return await observe(client, stage, options, started + timeoutSeconds * 1000);
  } catch (error) {
    if (error instanceof TimedOut) return undecided((Date.now() - started) / 1000, error.message);
    throw error;
  } finally {
    await remove(client, namespace, log);
  }
}

/** Like {@link proveEnforcement}, for gates: returns when enforcement is proved, and throws the verdict's message otherwise. */
export async function requireEnforcement(client: KubeClient, options: ProofOptions): Promise<void> {
  const { kind, message } = await proveEnforcement(client, options);
  if (kind !== "enforced") throw new Error(message);
  options.log?.(message);
}

async function setUp(client: KubeClient, stage: Stage): Promise<void> {
  const { namespace } = refOf(stage.script);
  await client.create(stage.namespace);
  await client.create(stage.script);
  const account = { apiVersion: "v1", kind: "ServiceAccount", namespace, name: "default" };
  await until("ServiceAccount default", () => client.get(account), { seconds: 30, interval: 100 });
  const { allowed, denied } = stage.clients;
  await Promise.all([...stage.canaries, allowed, denied].map((pod) => client.create(pod)));
}

async function observe(client: KubeClient, stage: Stage, options: ProofOptions, deadline: number): Promise<Verdict> {
  const { settleSeconds = 30, log = () => undefined } = options;
  const look = await lookout(client, stage, options.nodes, deadline);
  const seen: Observations = { open: [], guarded: [] };
  const settled = () => Math.min(deadline, Date.now() + settleSeconds * 1000);

  const openBy = settled();
  while (!isOpen(seen.open.at(-1))) {
    if (Date.now() >= openBy) return conclude(seen, settleSeconds);
    seen.open.push(await look());
  }
  log("both clients connect without a policy; now with one");

  await client.create(stage.policy);
  const [applied, decidedBy] = [Date.now(), settled()];
  for (;;) {
    seen.guarded.push(await look());
    const verdict = decide(seen);
    if (verdict) return verdict;
    if (Date.now() >= decidedBy) return conclude(seen, (Date.now() - applied) / 1000);
    await sleep(200);
  }
}

/** Waits for the pods; answers how to take one look: at every canary the allowed client, the denied one, and the allowed one again. */
async function lookout(
  client: KubeClient,
  stage: Stage,
  nodes: readonly string[],
  deadline: number,
): Promise<() => Promise<Round>> {
  const namespace = String(stage.namespace.metadata.name);
  const seconds = (deadline - Date.now()) / 1000;
  const pods = await untilRunning(client, namespace, "", stage.canaries.length + 2, { seconds, interval: 200 });
  const canaries = stage.canaries.map(({ metadata }, index) => {
    const status = podStatus(pods.find((pod) => pod.metadata.name === metadata.name));
    return { node: String(nodes[index]), target: { host: String(status.podIP), port: canaryPort } };
  });
  const look = async ({ node, target }: (typeof canaries)[number]) => {
    const knock = (pod: "allowed" | "denied") => askTcp(client, { namespace, pod }, target, patience);
    const before = await knock("allowed");
    const denied = await knock("denied");
    return { node, denied, allowed: [before, await knock("allowed")] };
  };
  return () => Promise.all(canaries.map(look));
}

/** Proofs of the same owner never run at once, so what is there was left by one that crashed. */
async function removeLeftovers(client: KubeClient, owner: string, log: Log): Promise<void> {
  const namespaces = await client.list({ apiVersion: "v1", kind: "Namespace" }, { labelSelector: leftovers(owner) });
  for (const { metadata } of namespaces) {
    log(`removing namespace ${String(metadata.name)}, left behind by an earlier proof`);
    await remove(client, String(metadata.name), log);
  }
}

/** Never throws, so as not to hide the verdict. */
async function remove(client: KubeClient, name: string, log: Log): Promise<void> {
  try {
    await deleteAndWait(client, { apiVersion: "v1", kind: "Namespace", name }, { seconds: 60, interval: 200 });
  } catch (error) {
    log(`namespace ${name} could not be removed (${String(error)}); remove it: kubectl delete namespace ${name}`);
  }
}
