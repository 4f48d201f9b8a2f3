import {
  condition,
  explanation,
  isObserved,
  isTrue,
  owned,
  ownedBy,
  podProblems,
  type Readiness,
} from "./readiness.ts";
import { at, list, number, text } from "../objects.ts";
import type { JsonObject } from "../../wire.ts";

const REVISION = "deployment.kubernetes.io/revision";

/** Rolled out: the newest ReplicaSet has all its pods ready, and the claims that they mount are bound. */
export const deployment: Readiness = async (look) => {
  const { object, cluster } = look;
  const namespace = text(object, "metadata", "namespace");
  const revision = text(object, "metadata", "annotations", REVISION);
  const replicaSets = await owned(look, "apps/v1", "ReplicaSet");
  const newest = replicaSets.find((set) => text(set, "metadata", "annotations", REVISION) === revision);
  const pods = newest === undefined ? [] : ownedBy(newest, await cluster.list("v1", "Pod", namespace));
  const wanted = number(newest, ["spec", "replicas"], 1);
  const ready = number(newest, ["status", "readyReplicas"]);
  const unbound = (await mountedClaims(object, () => cluster.list("v1", "PersistentVolumeClaim", namespace))).filter(
    (claim) => text(claim, "status", "phase") !== "Bound",
  );
  const progressing = condition(object, "Progressing");
  const arrived = revision === "1" || text(progressing, "reason") === "NewReplicaSetAvailable";
  const done =
    isObserved(object) &&
    newest !== undefined &&
    ready >= wanted &&
    arrived &&
    isTrue(object, "Available") &&
    unbound.length === 0;
  return {
    ready: done,
    waitingFor: `Waiting for app ReplicaSet to be available (${String(ready)}/${String(wanted)} Pods available)`,
    problems: [
      ...(isTrue(object, "Available") ? [] : explanation(condition(object, "Available"))),
      ...(text(progressing, "status") === "False" ? explanation(progressing) : []),
      ...unbound.map((claim) => `Failed to bind PersistentVolumeClaim "${text(claim, "metadata", "name")}"`),
      ...podProblems(pods),
    ],
  };
};

export const statefulSet: Readiness = async (look) => {
  const { object } = look;
  const wanted = number(object, ["spec", "replicas"], 1);
  const count = (field: string) => number(object, ["status", field]);
  const onDelete =
    number(object, ["metadata", "generation"]) > 1 && text(object, "spec", "updateStrategy", "type") === "OnDelete";
  const revision = text(object, "status", "currentRevision");
  const revised = onDelete || (revision !== "" && revision === text(object, "status", "updateRevision"));
  const fields = ["replicas", "readyReplicas", ...(onDelete ? [] : ["currentReplicas"])];
  const complete = fields.every((field) => count(field) === wanted);
  return {
    ready: isObserved(object) && revised && complete,
    waitingFor: `Waiting for StatefulSet to update (${String(count("readyReplicas"))}/${String(wanted)} Pods ready)`,
    problems: podProblems(await owned(look, "v1", "Pod")),
  };
};

export const daemonSet: Readiness = async (look) => {
  const { object } = look;
  const wanted = number(object, ["status", "desiredNumberScheduled"]);
  const available = number(object, ["status", "numberAvailable"]);
  const updated = number(object, ["status", "updatedNumberScheduled"]);
  return {
    ready: isObserved(object) && updated >= wanted && available >= wanted,
    waitingFor: `Waiting for DaemonSet to update (${String(available)}/${String(wanted)} Pods available)`,
    problems: podProblems(await owned(look, "v1", "Pod")),
  };
};

/** Complete. A Job that has used up its tries or its time is an error at once. */
export const job: Readiness = async (look) => {
  const { object } = look;
  const failure = condition(object, "Failed");
  const failed =
    text(failure, "status") === "True" &&
    ["BackoffLimitExceeded", "DeadlineExceeded"].includes(text(failure, "reason"));
  const count = (field: string) => String(number(object, ["status", field]));
  return {
    ready: isTrue(object, "Complete"),
    failed,
    waitingFor: `Waiting for Job to succeed (Active: ${count("active")} | Succeeded: ${count("succeeded")} | Failed: ${count("failed")})`,
    problems: [...(failed ? explanation(failure) : []), ...podProblems(await owned(look, "v1", "Pod"))],
  };
};

export const pod: Readiness = ({ object }) => {
  const ready = isTrue(object, "Ready") || text(object, "status", "phase") === "Succeeded";
  return { ready, waitingFor: "Waiting for Pod to be ready", problems: podProblems([object]) };
};

async function mountedClaims(object: JsonObject, claims: () => Promise<JsonObject[]>): Promise<JsonObject[]> {
  const names = list(object, "spec", "template", "spec", "volumes")
    .map((volume) => text(at(volume, "persistentVolumeClaim"), "claimName"))
    .filter((name) => name !== "");
  return names.length === 0 ? [] : (await claims()).filter((claim) => names.includes(text(claim, "metadata", "name")));
}
