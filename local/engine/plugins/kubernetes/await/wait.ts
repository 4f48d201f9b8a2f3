import { setTimeout as sleep } from "node:timers/promises";
import { ingress, service } from "./network.ts";
import type { Progress, Readiness } from "./readiness.ts";
import { persistentVolume, persistentVolumeClaim } from "./storage.ts";
import { waitFor } from "./wait-for.ts";
import { daemonSet, deployment, job, pod, statefulSet } from "./workloads.ts";
import type { Cluster } from "../cluster.ts";
import { Unreachable } from "../../../../../kube/client.ts";
import { annotation, kindOf, number, text } from "../objects.ts";
import type { JsonObject } from "../../wire.ts";

/** What a wait needs to know. */
export interface Wait {
  cluster: Cluster;
  /** The object as written. */
  object: JsonObject;
  /** The object as it was before an update. */
  before?: JsonObject;
  /** Seconds asked for in the program; 0 = by annotation, or 10 minutes. */
  timeout: number;
  cancelled: AbortSignal;
  status: (message: string) => void;
}

/** The object is there, but did not become ready (or did not go). */
export class NotReady extends Error {
  override readonly name = "NotReady";
  /** The object as last seen. */
  readonly object: JsonObject;
  readonly problems: string[];

  constructor(message: string, object: JsonObject, problems: string[]) {
    super(message);
    this.object = object;
    this.problems = problems;
  }
}

const INTERVAL_MS = 500;
const DEFAULT_SECONDS = 600;

const readiness: Record<string, () => Readiness> = {
  "apps/v1/DaemonSet": () => daemonSet,
  "apps/v1/Deployment": () => deployment,
  "apps/v1/StatefulSet": () => statefulSet,
  "batch/v1/Job": () => job,
  "networking.k8s.io/v1/Ingress": ingress,
  "v1/PersistentVolume": persistentVolume,
  "v1/PersistentVolumeClaim": persistentVolumeClaim,
  "v1/Pod": () => pod,
  "v1/Service": service,
};

/** Kinds whose readiness is looked at in a refresh too. */
const looksOnRead = new Set([
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
  "networking.k8s.io/v1/Ingress",
  "v1/Pod",
  "v1/Service",
]);

/**
 * Waits until the object is what its kind or its annotations call ready, and answers it.
 * @throws NotReady on a failure that waiting does not mend, in time-out and on cancellation
 */
export async function untilReady(wait: Wait): Promise<JsonObject> {
  const judge = readinessOf(wait.object);
  if (judge === undefined) return wait.object;
  const generation = number(wait.object, ["metadata", "generation"]);
  let last: Progress = { ready: false };
  const look = async (elapsed: number): Promise<JsonObject | undefined> => {
    const object = await wait.cluster.get(wait.object);
    if (object === undefined || number(object, ["metadata", "generation"]) < generation) return undefined;
    wait.object = object;
    last = await judge({ cluster: wait.cluster, object, before: wait.before, elapsed });
    if (last.ready) return object;
    if (last.failed) throw new NotReady(`Resource '${nameOf(object)}' failed`, object, last.problems ?? []);
    if (last.waitingFor !== undefined) wait.status(last.waitingFor);
    return undefined;
  };
  return poll(wait, look, `'${nameOf(wait.object)}' timed out waiting to be Ready`, () => last.problems ?? []);
}

/** Waits until the object is gone. */
export async function untilGone(wait: Wait): Promise<void> {
  let finalizers: string[] = [];
  const uid = text(wait.object, "metadata", "uid");
  const look = async () => {
    const object = await wait.cluster.get(wait.object);
    if (object === undefined || text(object, "metadata", "uid") !== uid) return true;
    wait.object = object;
    finalizers = (object["metadata"] as { finalizers?: string[] }).finalizers ?? [];
    return undefined;
  };
  await poll(wait, look, `'${nameOf(wait.object)}' timed out waiting to be deleted`, () =>
    finalizers.length === 0 ? [] : [`finalizers might be preventing deletion (${finalizers.join(", ")})`],
  );
}

/** What is wrong with a live object at this moment; undefined where nothing is. */
export async function problemsNow(
  cluster: Cluster,
  object: JsonObject,
  inputs: JsonObject,
): Promise<string[] | undefined> {
  const judge = looksOnRead.has(kindOf(object)) ? readiness[kindOf(object)]?.() : undefined;
  if (judge === undefined || annotation(inputs, "skipAwait") === "true") return undefined;
  const progress = await judge({ cluster, object, before: object, elapsed: Infinity });
  return progress.ready ? undefined : (progress.problems ?? []);
}

function readinessOf(object: JsonObject): Readiness | undefined {
  if (annotation(object, "skipAwait") === "true") return undefined;
  const expressions = annotation(object, "waitFor");
  return expressions === "" ? readiness[kindOf(object)]?.() : waitFor(expressions);
}

async function poll<T>(
  wait: Wait,
  look: (elapsed: number) => Promise<T | undefined>,
  timedOut: string,
  problems: () => string[],
): Promise<T> {
  const started = Date.now();
  const seconds = wait.timeout || Number(annotation(wait.object, "timeoutSeconds")) || DEFAULT_SECONDS;
  for (;;) {
    const elapsed = Date.now() - started;
    const result = await look(elapsed).catch(whileUnreachable);
    if (result !== undefined) return result;
    if (wait.cancelled.aborted) {
      throw new NotReady(`Resource operation was cancelled for "${nameOf(wait.object)}"`, wait.object, problems());
    }
    if (elapsed > seconds * 1000) throw new NotReady(timedOut, wait.object, problems());
    await sleep(INTERVAL_MS);
  }
}

/** A wait outlasts a restart of the API server. */
function whileUnreachable(error: unknown): undefined {
  if (!(error instanceof Unreachable)) throw error;
}

function nameOf(object: JsonObject): string {
  return text(object, "metadata", "name");
}
