import { at, isObject, stringMap, text, type Json, type JsonObject } from "../json.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { unknownValue } from "../unknown.ts";

/** An object with what a patch of it sets, as a server-side apply leaves it. */
export function patched(object: KubeObject, patch: KubeObject): KubeObject {
  return withBody(object, merged(object.body, patch.body));
}

/** What a patch tells of an object that the input does not hold: of the fields that decide access, only those it sets. */
export function patchAlone(patch: KubeObject): KubeObject {
  const hidden = hiddenFields[`${patch.kind}.${groupOf(patch)}`];
  return hidden === undefined ? patch : withBody(patch, merged(hidden, patch.body));
}

function withBody(object: KubeObject, body: JsonObject): KubeObject {
  return { ...object, body, labels: stringMap(at(body, "metadata", "labels")) };
}

/** What the API's types call atomic: label selectors and references are set as a whole, though they are mappings. */
const atomic = /^(selector|\w+Selector|roleRef)$/;

/** By which fields the items of a list are told apart; any other list is atomic. */
const listKeys: Readonly<Record<string, (item: Json) => Json | undefined>> = {
  containers: (item) => at(item, "name"),
  initContainers: (item) => at(item, "name"),
  podSelectorRefs: (item) => at(item, "name"),
  ports: (item) => portKey(at(item, "containerPort"), text(at(item, "protocol")) ?? "TCP"),
};

/** The ports of Services and policies have no containerPort, and are not told apart here. */
function portKey(port: Json | undefined, protocol: string): Json | undefined {
  return typeof port === "number" ? `${String(port)}/${protocol}` : undefined;
}

function merged(into: JsonObject, from: JsonObject): JsonObject {
  const entries = Object.entries(from).map(([key, value]) => {
    const before = Object.hasOwn(into, key) ? into[key] : undefined;
    return [key, mergedField(key, before, value)] as const;
  });
  return { ...into, ...Object.fromEntries(entries) };
}

function mergedField(key: string, before: Json | undefined, value: Json): Json {
  if (isObject(before) && isObject(value) && !atomic.test(key)) return merged(before, value);
  const keyOf = Object.hasOwn(listKeys, key) ? listKeys[key] : undefined;
  return Array.isArray(before) && Array.isArray(value) && keyOf !== undefined
    ? mergedList(before as readonly Json[], value as readonly Json[], keyOf)
    : value;
}

/** The items that the patch names are merged where they stand, the others added; without keys the list is replaced. */
function mergedList(before: readonly Json[], items: readonly Json[], keyOf: (item: Json) => Json | undefined): Json {
  const keyed = new Map(items.map((item) => [keyOf(item), item]));
  if (keyed.has(undefined) || before.some((item) => keyOf(item) === undefined)) return items;
  const known = new Set(before.map(keyOf));
  const kept = before.map((item) => {
    const set = keyed.get(keyOf(item));
    return isObject(item) && isObject(set) ? merged(item, set) : item;
  });
  return [...kept, ...items.filter((item) => !known.has(keyOf(item)))];
}

/** Labels of which there may be more: no label has an empty key. */
const moreLabels: JsonObject = { labels: { "": unknownValue } };
const hiddenPod: JsonObject = {
  metadata: moreLabels,
  spec: { hostNetwork: unknownValue, serviceAccountName: unknownValue },
};
const hiddenWorkload: JsonObject = { spec: { template: hiddenPod } };

/** The fields of each kind that decide access, not known. A pod that is seen by its patch only needs containers there. */
const hiddenFields: Readonly<Record<string, JsonObject>> = {
  "NetworkPolicy.networking.k8s.io": {
    spec: { podSelector: unknownValue, policyTypes: unknownValue, ingress: unknownValue, egress: unknownValue },
  },
  "Namespace.": { metadata: moreLabels },
  "Pod.": hiddenPod,
  "ReplicationController.": hiddenWorkload,
  "Deployment.apps": hiddenWorkload,
  "ReplicaSet.apps": hiddenWorkload,
  "StatefulSet.apps": hiddenWorkload,
  "DaemonSet.apps": hiddenWorkload,
  "Job.batch": hiddenWorkload,
  "CronJob.batch": { spec: { jobTemplate: hiddenWorkload } },
  "Role.rbac.authorization.k8s.io": { rules: unknownValue },
  "ClusterRole.rbac.authorization.k8s.io": {
    rules: unknownValue,
    aggregationRule: unknownValue,
    metadata: moreLabels,
  },
  "RoleBinding.rbac.authorization.k8s.io": { roleRef: unknownValue, subjects: unknownValue },
  "ClusterRoleBinding.rbac.authorization.k8s.io": { roleRef: unknownValue, subjects: unknownValue },
  "Cluster.postgresql.cnpg.io": { spec: { postgresql: { pg_hba: unknownValue } } },
  "Pooler.postgresql.cnpg.io": { spec: { pgbouncer: { pg_hba: unknownValue } } },
};
