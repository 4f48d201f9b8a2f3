import { at, groupOf, kindOf, text } from "./objects.ts";
import type { JsonObject } from "../wire.ts";

const selector = ["spec.selector"];
const job = ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"];
const container = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];
const pod = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
];

/** Fields that cannot be changed on an existing object; `*` stands for any index. */
const immutable: Record<string, string[]> = {
  "apps/v1/DaemonSet": selector,
  "apps/v1/Deployment": selector,
  "apps/v1/StatefulSet": [
    ...selector,
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": job,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs", "spec.iscsi"],
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1/Pod": [
    ...pod.map((field) => `spec.${field}`),
    ...container.flatMap((field) => [`spec.containers.*.${field}`, `spec.initContainers.*.${field}`]),
  ],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
};

/** Whether Secrets and ConfigMaps are changed in place; they are replaced otherwise. */
export interface Mutability {
  enableSecretMutable: boolean;
  enableConfigMapMutable: boolean;
}

/** Paths whose change replaces the object. */
export function forceNewPaths(object: JsonObject, mutable: Mutability): string[] {
  return ["metadata.name", "metadata.namespace", ...(immutable[kindOf(object)] ?? []), ...dataPaths(object, mutable)];
}

/** Whether a change at the path (keys and indices) replaces an object with these paths. */
export function forcesNew(path: (string | number)[], paths: string[]): boolean {
  return paths.some((pattern) => {
    const parts = pattern.split(".");
    return parts.length <= path.length && parts.every((part, index) => part === "*" || part === path[index]);
  });
}

function dataPaths(object: JsonObject, mutable: Mutability): string[] {
  if (groupOf(object) !== "") return [];
  const frozen = at(object, "immutable") === true;
  const kind = text(object, "kind");
  if (kind === "Secret" && (frozen || !mutable.enableSecretMutable)) return ["data", "stringData"];
  if (kind === "ConfigMap" && (frozen || !mutable.enableConfigMapMutable)) return ["data", "binaryData"];
  return [];
}
