import type { KubeObject } from "../../../kube/objects.ts";

/** Source: rancher/system-upgrade-controller v0.20.1, manifests/; the second is what it drains with by default. */
const IMAGE = "docker.io/rancher/system-upgrade-controller:v0.20.1";
const KUBECTL_IMAGE = "docker.io/rancher/kubectl:v1.30.3";
const NAME = "system-upgrade-controller";
const RBAC = "rbac.authorization.k8s.io";

export const UPGRADE_NAMESPACE = "system-upgrade";
/** ServiceAccount of the controller and of its jobs. */
export const UPGRADE_ACCOUNT = "system-upgrade";
/** The controller makes this definition itself, when it starts. */
export const PLAN_DEFINITION = "plans.upgrade.cattle.io";

/**
 * Rancher's controller that upgrades nodes as Plans say. Its jobs act on the host as root, so the namespace is out of Pod
 * Security's reach. It may evict pods and not delete them: a PodDisruptionBudget always has its say.
 */
export function upgradeController(): KubeObject[] {
  const metadata = { name: NAME, namespace: UPGRADE_NAMESPACE };
  const subjects = [{ kind: "ServiceAccount", name: UPGRADE_ACCOUNT, namespace: UPGRADE_NAMESPACE }];
  const roleRef = (kind: "ClusterRole" | "Role") => ({ apiGroup: RBAC, kind, name: NAME });
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: UPGRADE_NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: UPGRADE_ACCOUNT, namespace: UPGRADE_NAMESPACE } },
    { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name: NAME }, rules: [...WATCHES, ...EMPTIES] },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: NAME },
      roleRef: roleRef("ClusterRole"),
      subjects,
    },
    { apiVersion: `${RBAC}/v1`, kind: "Role", metadata, rules: RUNS },
    { apiVersion: `${RBAC}/v1`, kind: "RoleBinding", metadata, roleRef: roleRef("Role"), subjects },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        revisionHistoryLimit: 2,
        strategy: { type: "Recreate" },
        selector: { matchLabels: { "upgrade.cattle.io/controller": NAME } },
        // A drain passes over pods with this label.
        template: { metadata: { labels: { "upgrade.cattle.io/controller": NAME } }, spec: POD },
      },
    },
  ];
}

const reads = ["get", "list", "watch"];

/** What the controller follows and notes: Plans, nodes, its own definition. */
const WATCHES = [
  { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: reads },
  { apiGroups: [""], resources: ["nodes"], verbs: ["update"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "create", "patch", "update"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: reads },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: [...reads, "create"] },
  {
    apiGroups: ["apiextensions.k8s.io"],
    resources: ["customresourcedefinitions"],
    resourceNames: [PLAN_DEFINITION],
    verbs: ["patch", "update"],
  },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: [NAME], verbs: ["get", "update"] },
  { apiGroups: ["upgrade.cattle.io"], resources: ["plans", "plans/status"], verbs: [...reads, "patch", "update"] },
];

/** What its jobs empty a node with. */
const EMPTIES = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["patch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["daemonsets", "replicasets", "statefulsets"], verbs: ["get", "list"] },
];

/** In its own namespace. */
const RUNS = [
  {
    apiGroups: ["batch"],
    resources: ["jobs"],
    verbs: [...reads, "create", "delete", "deletecollection", "patch", "update"],
  },
  { apiGroups: [""], resources: ["secrets"], verbs: reads },
];

const POD = {
  serviceAccountName: UPGRADE_ACCOUNT,
  securityContext: {
    runAsGroup: 65534,
    runAsNonRoot: true,
    runAsUser: 65534,
    seccompProfile: { type: "RuntimeDefault" },
  },
  priorityClassName: "system-cluster-critical",
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }] },
        ],
      },
    },
  },
  tolerations: [{ effect: "NoSchedule", operator: "Exists" }],
  containers: [
    {
      name: NAME,
      image: IMAGE,
      env: [
        {
          name: "SYSTEM_UPGRADE_CONTROLLER_NAME",
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['upgrade.cattle.io/controller']" } },
        },
        {
          name: "SYSTEM_UPGRADE_CONTROLLER_NAMESPACE",
          valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
        },
        { name: "SYSTEM_UPGRADE_CONTROLLER_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        { name: "SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT", value: "true" },
        { name: "SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT", value: "99" },
        // What a job's first step has checked is what its last one runs.
        { name: "SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY", value: "IfNotPresent" },
        { name: "SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE", value: KUBECTL_IMAGE },
      ],
      resources: { requests: { cpu: "50m", memory: "64Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      },
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    },
  ],
  volumes: [{ name: "tmp", emptyDir: {} }],
};
