import { at, list, number, text } from "../objects.ts";
import type { Cluster } from "../cluster.ts";
import type { Json, JsonObject } from "../../wire.ts";

/** How far an object is. */
export interface Progress {
  ready: boolean;
  /** It will not become ready by waiting. */
  failed?: boolean;
  /** What is being waited for, for the user who watches. */
  waitingFor?: string;
  /** What is wrong so far, for the error message. */
  problems?: string[];
}

/** One look at an object: `before` is the object as it was before an update, undefined after a create. */
export interface Look {
  cluster: Cluster;
  object: JsonObject;
  before: JsonObject | undefined;
  /** Milliseconds since the wait began. */
  elapsed: number;
}

/** Judges an object, asking the cluster for more where its own status does not tell. */
export type Readiness = (look: Look) => Progress | Promise<Progress>;

/** The controller has seen the object as it is now. */
export function isObserved(object: JsonObject): boolean {
  return number(object, ["status", "observedGeneration"]) >= number(object, ["metadata", "generation"]);
}

/** The condition of the type in an object's status. */
export function condition(object: JsonObject, type: string): Json | undefined {
  return list(object, "status", "conditions").find((entry) => text(entry, "type") === type);
}

export function isTrue(object: JsonObject, type: string): boolean {
  return text(condition(object, type), "status") === "True";
}

/** "[Reason] message" of a condition that says more than its status. */
export function explanation(found: Json | undefined): string[] {
  const [reason, message] = [text(found, "reason"), text(found, "message")];
  return message === "" ? [] : [`[${reason}] ${message}`];
}

/** Objects of a kind in the owner's namespace that the owner owns. */
export async function owned(look: Look, apiVersion: string, kind: string): Promise<JsonObject[]> {
  return ownedBy(look.object, await look.cluster.list(apiVersion, kind, text(look.object, "metadata", "namespace")));
}

export function ownedBy(owner: JsonObject, objects: JsonObject[]): JsonObject[] {
  const uid = text(owner, "metadata", "uid");
  return objects.filter((object) =>
    list(object, "metadata", "ownerReferences").some((ref) => text(ref, "uid") === uid),
  );
}

/** What keeps pods from being ready. */
export function podProblems(pods: JsonObject[]): string[] {
  return pods.flatMap((pod) => {
    if (isTrue(pod, "Ready") || text(pod, "status", "phase") === "Succeeded") return [];
    const statuses = [...list(pod, "status", "initContainerStatuses"), ...list(pod, "status", "containerStatuses")];
    const said = [
      ...["PodScheduled", "Initialized", "Ready"].map((type) => text(condition(pod, type), "message")),
      ...statuses.flatMap(containerProblems),
    ].filter((message) => message !== "");
    return said.length === 0 ? [] : [`[Pod ${text(pod, "metadata", "name")}]: ${[...new Set(said)].join("; ")}`];
  });
}

function containerProblems(status: Json): string[] {
  const waiting = at(status, "state", "waiting");
  const terminated = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  return [
    ...(text(waiting, "reason") === "ContainerCreating" ? [] : explanation(waiting)),
    ...(terminated === undefined || number(terminated, ["exitCode"]) === 0
      ? []
      : [`container "${text(status, "name")}" exited with code ${String(number(terminated, ["exitCode"]))}`]),
  ];
}
