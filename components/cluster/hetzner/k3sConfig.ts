import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import type { PlannedNode } from "./plan.ts";

/** Where the files of the API server lie that its arguments name. */
export const PATHS = {
  admission: "/etc/hcloud-postgres/admission.yaml",
  auditPolicy: "/etc/hcloud-postgres/audit-policy.yaml",
  auditLog: "/var/lib/rancher/k3s/server/logs/audit.log",
};

/** TLS suites of the CIS hardening guide for k3s. */
const CIPHER_SUITES = [
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
];

/** What nodes prove themselves with. */
export interface Tokens {
  /** What a control-plane server joins with, in the form `K10<CA hash>::server:<password>`. */
  server: string;
  /** What an agent joins with, in the form `K10<CA hash>::node:<password>`. */
  agent: string;
  /** The agents' password alone: what servers are told. */
  agentPassword: string;
}

/** What a server needs besides its settings. */
export interface ServerFacts {
  tokens: Tokens;
  /** Names and addresses in the API server's certificate. */
  tlsSans: readonly string[];
  /** Access to the bucket of `etcdS3Backup`, where there is one. */
  etcdS3?: { accessKey: string; secretKey: string } | undefined;
}

/** k3s' config.yaml of a control-plane server. Who starts the cluster and who joins it is decided at its first boot. */
export function serverConfig(
  settings: HetznerSettings,
  node: PlannedNode,
  facts: ServerFacts,
): Record<string, unknown> {
  return {
    ...nodeConfig(node),
    token: facts.tokens.server,
    "agent-token": facts.tokens.agentPassword,
    "tls-san": [...facts.tlsSans],
    "cluster-cidr": settings.clusterIpv4Cidr,
    "service-cidr": settings.serviceIpv4Cidr,
    "flannel-backend": flannelBackend(settings),
    "disable-network-policy": false,
    // The API server reaches pods by way of their own node, which no policy can shut out. From its own it would come with
    // the first address of that node's pod range (flannel over vxlan and wireguard), which no policy could name beforehand.
    "egress-selector-mode": "pod",
    "disable-cloud-controller": true,
    disable: ["traefik", "servicelb", ...(settings.databaseStorage === "local" ? [] : ["local-storage"])],
    "secrets-encryption": settings.enableSecretsEncryption,
    "write-kubeconfig-mode": "0600",
    "kube-apiserver-arg": [
      "enable-admission-plugins=NodeRestriction,EventRateLimit",
      `admission-control-config-file=${PATHS.admission}`,
      `audit-policy-file=${PATHS.auditPolicy}`,
      `audit-log-path=${PATHS.auditLog}`,
      `audit-log-maxage=${String(settings.auditLogMaxAge)}`,
      `audit-log-maxbackup=${String(settings.auditLogMaxBackups)}`,
      `audit-log-maxsize=${String(settings.auditLogMaxSize)}`,
      "service-account-extend-token-expiration=false",
    ],
    "kube-controller-manager-arg": ["terminated-pod-gc-threshold=100"],
    ...etcdS3(settings, facts),
    ...settings.controlPlanesCustomConfig,
  };
}

/** k3s' config.yaml of an agent: it holds nothing that opens the control plane. */
export function agentConfig(node: PlannedNode, { agent }: Tokens): Record<string, unknown> {
  return { ...nodeConfig(node), token: agent };
}

/** The backend, spelled out. */
export function flannelBackend({ flannelBackend: backend, enableCniWireguardEncryption }: HetznerSettings): string {
  return backend ?? (enableCniWireguardEncryption ? "wireguard-native" : "vxlan");
}

function nodeConfig(node: PlannedNode): Record<string, unknown> {
  return {
    "node-name": node.name,
    "node-ip": node.privateIp,
    "node-label": node.labels,
    ...(node.taints.length > 0 && { "node-taint": node.taints }),
    "protect-kernel-defaults": true,
    "kubelet-arg": [
      "cloud-provider=external",
      "streaming-connection-idle-timeout=5m",
      `tls-cipher-suites=${CIPHER_SUITES.join(",")}`,
    ],
  };
}

function etcdS3(settings: HetznerSettings, facts: ServerFacts): Record<string, unknown> {
  const backup = settings.etcdS3Backup;
  if (!backup || !facts.etcdS3) return {};
  return {
    "etcd-s3": true,
    "etcd-s3-endpoint": backup.endpoint,
    "etcd-s3-bucket": backup.bucket,
    "etcd-s3-region": backup.region,
    "etcd-s3-folder": backup.folder,
    "etcd-s3-access-key": facts.etcdS3.accessKey,
    "etcd-s3-secret-key": facts.etcdS3.secretKey,
  };
}
