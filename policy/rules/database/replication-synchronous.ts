import { at, isObject, quote, text } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";

const path = ["spec", "postgresql", "synchronous"];

/** Without it a failover forgets what was committed last: the primary confirmed it alone. */
export const replicationSynchronous: ObjectRule = {
  scope: "object",
  name: "replication-synchronous",
  level: "mandatory",
  severity: "high",
  description: "A production Cluster must commit on a standby too, and fail over only to one that has every commit.",
  fix: "set spec.postgresql.synchronous to {method: any, number: 1, failoverQuorum: true}",
  url: "https://cloudnative-pg.io/documentation/current/failover/#failover-quorum-quorum-based-failover",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { resource }) {
    const { body } = object;
    const synchronous = at(body, ...path);
    const instances = at(body, "spec", "instances") ?? 1;
    if ([synchronous, ...Object.values(isObject(synchronous) ? synchronous : {})].some(isUnknown)) {
      return [{ path, message: "whether replication is synchronous is not known before up", undecided: true }];
    }
    // One instance has nobody to wait for; a replica cluster commits nothing of its own.
    const isAlone = instances === 1 && !resource.patch;
    if (isAlone || isReplica(object) || (resource.patch && synchronous === undefined)) return [];
    return [...numberProblems(object), ...quorumProblems(object)];
  },
};

function numberProblems({ body }: KubeObject): Finding[] {
  const number = at(body, ...path, "number") ?? at(body, "spec", "minSyncReplicas") ?? 0;
  if (typeof number === "number" && number > 0) return [];
  return [{ path, message: number === 0 ? "no standby confirms a commit" : `number is ${quote(number)}` }];
}

function quorumProblems({ body }: KubeObject): Finding[] {
  const annotation = text(at(body, "metadata", "annotations", "alpha.cnpg.io/failoverQuorum"));
  const isOn =
    annotation === undefined ? at(body, ...path, "failoverQuorum") === true : /^(1|t|true)$/i.test(annotation);
  return isOn ? [] : [{ path, message: "a failover may choose a standby that lacks commits: failoverQuorum is off" }];
}

/** As CloudNativePG's IsReplica says. */
function isReplica({ body, name }: KubeObject): boolean {
  const replica = at(body, "spec", "replica");
  if (!isObject(replica)) return false;
  const enabled = at(replica, "enabled");
  if (typeof enabled === "boolean") return enabled;
  return (text(at(replica, "self")) ?? name) !== at(replica, "primary");
}
