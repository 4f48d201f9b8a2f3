import type { KubeObject } from "../../../kube/objects.ts";

/** Source: hetznercloud/hcloud-cloud-controller-manager v1.35.0, deploy/ccm-networks.yaml. */
const IMAGE = "docker.io/hetznercloud/hcloud-cloud-controller-manager:v1.35.0";
const NAME = "hcloud-cloud-controller-manager";
const NAMESPACE = "kube-system";

/** Secret that it reads its token and its network from; it comes by the API, never by user data. */
export const CLOUD_SECRET = { name: "hcloud", namespace: NAMESPACE };

/**
 * Hetzner's cloud controller manager. It lies on the servers' disks before k3s first starts, since nothing is scheduled,
 * and no NetworkPolicy enforced, until it has initialised the nodes. Routes are flannel's, so it makes none.
 */
export function cloudController(): KubeObject[] {
  const metadata = { name: NAME, namespace: NAMESPACE };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: `system:${NAME}` },
      rules: RULES,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `system:${NAME}:restricted` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `system:${NAME}` },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        revisionHistoryLimit: 2,
        selector: { matchLabels: { app: NAME } },
        template: { metadata: { labels: { app: NAME } }, spec: POD },
      },
    },
  ];
}

const RULES = [
  { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
  { apiGroups: [""], resources: ["nodes"], verbs: ["*"] },
  { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
  { apiGroups: [""], resources: ["services"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["services/status"], verbs: ["patch", "update"] },
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["create", "get", "list", "watch", "update"],
  },
];

const POD = {
  serviceAccountName: NAME,
  securityContext: {
    runAsGroup: 65532,
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  },
  dnsPolicy: "Default",
  hostNetwork: true,
  priorityClassName: "system-cluster-critical",
  tolerations: [
    { key: "node.cloudprovider.kubernetes.io/uninitialized", value: "true", effect: "NoSchedule" },
    { key: "CriticalAddonsOnly", operator: "Exists" },
    { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule", operator: "Exists" },
    { key: "node.kubernetes.io/not-ready", operator: "Exists" },
  ],
  containers: [
    {
      name: NAME,
      image: IMAGE,
      args: [
        "--allow-untagged-cloud",
        "--cloud-provider=hcloud",
        "--webhook-secure-port=0",
        "--allocate-node-cidrs=false",
        "--leader-elect=false",
      ],
      env: [
        { name: "HCLOUD_TOKEN", valueFrom: { secretKeyRef: { key: "token", name: CLOUD_SECRET.name } } },
        { name: "HCLOUD_NETWORK", valueFrom: { secretKeyRef: { key: "network", name: CLOUD_SECRET.name } } },
        { name: "HCLOUD_NETWORK_ROUTES_ENABLED", value: "false" },
      ],
      ports: [{ name: "metrics", containerPort: 8233 }],
      resources: { requests: { cpu: "100m", memory: "50Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      },
    },
  ],
};
