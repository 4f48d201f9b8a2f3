import { instancePods } from "../../analysis/access/pods.ts";
import { readClusters } from "../../analysis/access/cluster.ts";
import { at, list, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { matches, readSelector } from "../../analysis/selector.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

const path = ["spec", "affinity"];

/** The operator only prefers different nodes: full ones make it put all instances on one, which then takes all of them down. */
export const instancesSpread: ObjectRule = {
  scope: "object",
  name: "instances-spread",
  level: "mandatory",
  severity: "medium",
  description: "No two instances of a production Cluster may share a node.",
  fix: "set spec.affinity.podAntiAffinityType to required",
  url: "https://cloudnative-pg.io/documentation/current/scheduling/#requiring-pod-anti-affinity",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { resource }) {
    const affinity = at(object.body, ...path);
    const constraints = at(object.body, "spec", "topologySpreadConstraints");
    if (resource.patch && affinity === undefined && constraints === undefined) return [];
    if (!resource.patch && (at(object.body, "spec", "instances") ?? 1) === 1) return [];
    if (spreads(object)) return [];
    const type = at(affinity, "podAntiAffinityType");
    if ([affinity, type, constraints].some(isUnknown)) {
      return [{ path, message: "whether the instances are spread is not known before up", undecided: true }];
    }
    return [{ path, message: "instances may share a node: the anti-affinity is not required" }];
  },
};

function spreads(object: KubeObject): boolean {
  const affinity = at(object.body, ...path);
  const isOn = at(affinity, "enablePodAntiAffinity") !== false;
  const terms = at(affinity, "additionalPodAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  return (
    (isOn && at(affinity, "podAntiAffinityType") === "required") ||
    list(terms).some((term) => keepsApart(object, term)) ||
    list(at(object.body, "spec", "topologySpreadConstraints")).some(
      (constraint) => at(constraint, "whenUnsatisfiable") === "DoNotSchedule" && keepsApart(object, constraint),
    )
  );
}

/** Whether a term or constraint is about the Cluster's own instances, all of them. */
function keepsApart(object: KubeObject, term: Json): boolean {
  const selector = at(term, "labelSelector");
  if (selector === undefined) return false;
  const read = readSelector(selector, () => undefined);
  return readClusters([object])
    .flatMap((cluster) => instancePods(cluster, []))
    .every(({ labels }) => matches(read, labels) === true);
}
