import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NotReady, untilGone, untilReady } from "./await/wait.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { isAlreadyExists, isForbidden, isMissing, type Cluster } from "./cluster.ts";
import { isCreatorsOwn, takeover } from "./field-managers.ts";
import { asObject, normalize } from "./normalize.ts";
import { annotation, idOf, kindOf, list, text, without, withMetadata } from "./objects.ts";
import { usable, type Session } from "./session.ts";
import { PartialFailure, type CreateRequest, type DeleteRequest, type UpdateRequest } from "../provider.ts";
import { contains, isUnknown, type JsonObject } from "../wire.ts";

/** Kinds whose deletion is not waited for where the program skips waiting. */
const skipsDeletion = ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"];
/** What an object depends on may be on its way: so long until the next try, in seconds. */
const RETRY_SECONDS = [1, 2, 4, 8, 16];

/** Creates the object, refuses one that exists, and waits until it is ready. */
export async function create(session: Session, request: CreateRequest): Promise<{ id: string; state: JsonObject }> {
  const inputs = asObject(request.inputs);
  const unforeseen = { id: "", state: request.inputs };
  if (request.preview && (await isUnforeseeable(session, inputs))) return unforeseen;
  const cluster = usable(session);
  const fieldManager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  const checkpoint = (live: JsonObject) => writeCheckpoint({ inputs, live, fieldManager }, request.inputs);

  let live: JsonObject;
  try {
    live = await createPatiently(session, request, inputs);
  } catch (error) {
    if (request.preview && (isForbidden(error) || isAlreadyExists(error) || isMissing(error))) return unforeseen;
    throw new Error(`${request.urn} was not created by the Kubernetes API server: ${explain(error)}`, { cause: error });
  }
  if (request.preview) return { id: "", state: checkpoint(without(live, "status")) };
  try {
    live = await untilReady({ ...waitOf(session, request), cluster, object: live });
  } catch (error) {
    const state = checkpoint(error instanceof NotReady ? error.object : live);
    throw partialFailure(
      `${request.urn} was created, but did not become ready`,
      error,
      idOf(live),
      state,
      request.inputs,
    );
  }
  return { id: idOf(live), state: checkpoint(live) };
}

/** Brings the object to what is wanted by server-side apply, and waits until it is ready. */
export async function update(session: Session, request: UpdateRequest): Promise<JsonObject> {
  const inputs = normalize(asObject(request.news));
  if (request.preview && (await isUnforeseeable(session, inputs))) return request.news;
  const cluster = usable(session);
  const { live: old, fieldManager } = readCheckpoint(request.state);
  const checkpoint = (live: JsonObject) => writeCheckpoint({ inputs, live, fieldManager }, request.news);
  const { settings } = session;
  const { preview } = request;

  let before: JsonObject | undefined;
  try {
    before = await cluster.get(old);
    if (before === undefined) throw new Error(`${kindOf(old)} "${idOf(old)}" not found`);
    const force = settings.enablePatchForce || annotation(inputs, "patchForce") === "true";
    const written = await overwrite(cluster, before, inputs, { manager: fieldManager, force, preview });
    if (preview) return checkpoint(written);
    return checkpoint(await untilReady({ ...waitOf(session, request), cluster, object: written, before }));
  } catch (error) {
    if (preview && isForbidden(error)) return request.news;
    const reached = error instanceof NotReady ? error.object : before;
    if (preview || reached === undefined) throw error;
    throw partialFailure(`${request.urn} was not updated`, error, request.id, checkpoint(reached), request.news);
  }
}

/** Deletes the object and waits until it is gone; one that is not there is gone. */
export async function remove(session: Session, request: DeleteRequest): Promise<void> {
  const cluster = usable(session);
  const { live, inputs, fieldManager } = readCheckpoint(request.state);
  try {
    await cluster.delete(live, propagationPolicy(inputs));
    if (annotation(inputs, "skipAwait") === "true" && skipsDeletion.includes(text(live, "kind"))) return;
    await untilGone({ ...waitOf(session, request), cluster, object: live });
  } catch (error) {
    if (isMissing(error)) return;
    if (!(error instanceof NotReady)) throw error;
    const state = writeCheckpoint({ inputs, live: error.object, fieldManager }, request.state);
    throw partialFailure(`${request.urn} was not deleted`, error, request.id, state, inputs);
  }
}

async function createPatiently(session: Session, request: CreateRequest, inputs: JsonObject): Promise<JsonObject> {
  const attempt = async () => {
    const namespaced = await session.cluster.isNamespaced(inputs);
    const object = namespaced ? inputs : withMetadata(inputs, { namespace: undefined });
    return session.cluster.create(object, { dryRun: request.preview });
  };
  for (const seconds of request.preview ? [] : RETRY_SECONDS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isMissing(error) || session.cancelled.aborted) throw error;
      session.log.status(request.urn, `creation failed, trying again in ${String(seconds)} s: ${explain(error)}`);
      await sleep(seconds * 1000);
    }
  }
  return attempt();
}

/** How an existing object is overwritten. */
interface Overwrite {
  manager: string;
  /** Take over fields that belong to others. */
  force: boolean;
  preview: boolean;
}

async function overwrite(
  cluster: Cluster,
  before: JsonObject,
  inputs: JsonObject,
  how: Overwrite,
): Promise<JsonObject> {
  const { manager, preview } = how;
  if (kindOf(inputs) === "apiextensions.k8s.io/v1/CustomResourceDefinition") {
    const resourceVersion = text(before, "metadata", "resourceVersion");
    return cluster.replace(withMetadata(inputs, { resourceVersion }), manager, { dryRun: preview });
  }
  if (preview) {
    const force = how.force || isCreatorsOwn(before) || list(before, "metadata", "managedFields").length === 0;
    return cluster.apply(inputs, manager, { dryRun: true, force });
  }
  const handover = takeover(before, manager);
  if (handover.length > 0) await cluster.patch(before, handover);
  return cluster.apply(inputs, manager, { dryRun: false, force: how.force });
}

/** A preview cannot ask the server about unknown values, about kinds that are not there yet, and without a server. */
async function isUnforeseeable({ cluster, unusable }: Session, object: JsonObject): Promise<boolean> {
  return contains(object, isUnknown) || unusable !== undefined || !(await cluster.serves(object));
}

function waitOf(session: Session, { urn, timeout }: { urn: string; timeout: number }) {
  return {
    timeout,
    cancelled: session.cancelled,
    status: (message: string) => {
      session.log.status(urn, message);
    },
  };
}

function propagationPolicy(inputs: JsonObject): string {
  const asked = annotation(inputs, "deletionPropagationPolicy").toLowerCase();
  return { orphan: "Orphan", background: "Background" }[asked] ?? "Foreground";
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!isAlreadyExists(error)) return message;
  return `${message}. It is in the cluster but not in this stack: import it, or give one of them another name`;
}

function partialFailure(
  what: string,
  error: unknown,
  id: string,
  state: JsonObject,
  inputs: JsonObject,
): PartialFailure {
  const message = `${what}: ${explain(error)}`;
  const problems = error instanceof NotReady ? error.problems : [];
  return new PartialFailure(message, { id, state, inputs, reasons: [message, ...problems] });
}
