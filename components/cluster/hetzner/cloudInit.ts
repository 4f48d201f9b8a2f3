import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { k3sDigests } from "../../../config/hetzner/k3sReleases.ts";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import { admissionConfiguration } from "./admission.ts";
import { cloudController } from "./cloudController.ts";
import { agentConfig, flannelBackend, PATHS, serverConfig, type ServerFacts } from "./k3sConfig.ts";
import type { PlannedNode } from "./plan.ts";

/** Most that Hetzner accepts. */
export const MAXIMUM_BYTES = 32 * 1024;

/** What a server's first boot needs besides its settings. */
export interface NodeFacts extends ServerFacts {
  /** The API server's CA with its root, PEM. */
  serverCa: string;
  /** Addresses at which the cluster may answer, in the order in which they are asked. */
  controlPlane: readonly string[];
  /** CA certificates and keys by their path below k3s' tls folder: only for the server that may start the cluster. */
  authorities?: Readonly<Record<string, string>> | undefined;
}

/** A file of cloud-init's `write_files`. */
interface File {
  path: string;
  permissions: string;
  content: string;
}

const TLS = "/var/lib/rancher/k3s/server/tls";
const LIBRARY = "/usr/local/lib/hcloud-postgres";
/** kernel.panic and the like: what the kubelet asks for under protect-kernel-defaults. */
const SYSCTLS = ["vm.panic_on_oom=0", "vm.overcommit_memory=1", "kernel.panic=10", "kernel.panic_on_oops=1"];
const KERNEL_MODULES = ["br_netfilter", "overlay", "ip_set", "ip_set_hash_ip", "ip_set_hash_net", "xt_set"];

/**
 * Hetzner user data of a node, cloud-init's cloud-config; it holds no token of Hetzner and no kubeconfig.
 * @throws Error where it is more than Hetzner accepts
 */
export function userData(settings: HetznerSettings, node: PlannedNode, facts: NodeFacts): string {
  const text = renderUserData(settings, node, facts);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAXIMUM_BYTES) return text;
  throw new Error(
    `user data of ${node.name} has ${String(bytes)} bytes, and Hetzner takes ${String(MAXIMUM_BYTES)}: shorten auditPolicyConfig or the pool's labels`,
  );
}

/** The same, however long it is. */
export function renderUserData(settings: HetznerSettings, node: PlannedNode, facts: NodeFacts): string {
  const config = node.role === "server" ? serverConfig(settings, node, facts) : agentConfig(node, facts.tokens);
  const files = [
    secret("/etc/rancher/k3s/config.yaml", stringify(config)),
    secret("/etc/hcloud-postgres/node.env", environment(settings, node, facts)),
    plain("/etc/hcloud-postgres/server-ca.crt", facts.serverCa),
    plain("/etc/hcloud-postgres/metadata-guard.nft", shipped("metadata-guard.nft")),
    plain("/etc/sysctl.d/90-k3s.conf", `${SYSCTLS.join("\n")}\n`),
    plain("/etc/systemd/system/metadata-guard.service", shipped("metadata-guard.service")),
    plain("/etc/systemd/system/k3s.service", unit(settings, node)),
    ...SCRIPTS.map((name) => script(`${LIBRARY}/${name}`, shipped(`${name}.sh`))),
    ...(node.role === "server" ? serverFiles(settings, facts) : []),
  ];
  const document = {
    ssh_pwauth: false,
    package_update: true,
    packages: ["curl", "nftables", "unattended-upgrades", ...(encrypts(settings) ? ["cryptsetup"] : [])],
    write_files: files,
    runcmd: [
      ["passwd", "--lock", "root"],
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "metadata-guard.service", "k3s.service"],
    ],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

/** In the order in which k3s.service runs them before k3s. */
const SCRIPTS = ["prepare-node", "install-k3s", "join-or-initialise"];

function serverFiles(settings: HetznerSettings, { authorities = {} }: NodeFacts): File[] {
  const manifest = cloudController()
    .map((object) => stringify(object))
    .join("---\n");
  return [
    secret(PATHS.admission, admissionConfiguration()),
    secret(PATHS.auditPolicy, settings.auditPolicyConfig ?? shipped("audit-policy.yaml")),
    secret("/var/lib/rancher/k3s/server/manifests/hcloud-cloud-controller.yaml", manifest),
    ...Object.entries(authorities).map(([name, content]) => secret(`${TLS}/${name}`, content)),
  ];
}

/** What the scripts ask, in the shell's words. None of it is secret. */
function environment(settings: HetznerSettings, node: PlannedNode, facts: NodeFacts): string {
  const { k3sVersion, k3sArtifactSha256, restoreSnapshot = "" } = settings;
  const asset = node.architecture === "arm64" ? "k3s-arm64" : "k3s";
  const wireguard = flannelBackend(settings) === "wireguard-native";
  const variables = {
    ROLE: node.role,
    PRIVATE_IP: node.privateIp,
    CONTROL_PLANE: facts.controlPlane.join(" "),
    INITIALISE: facts.authorities ? "yes" : "no",
    RESTORE_SNAPSHOT: node.role === "server" ? restoreSnapshot : "",
    KERNEL_MODULES: [...KERNEL_MODULES, ...(wireguard ? ["wireguard"] : [])].join(" "),
    K3S_URL: `https://github.com/k3s-io/k3s/releases/download/${encodeURIComponent(k3sVersion)}/${asset}`,
    K3S_SHA256: k3sDigests(k3sVersion, k3sArtifactSha256)[node.architecture] ?? "",
    ASK_ROUNDS: "3",
    RETRY_SECONDS: "5",
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  return `${lines.join("\n")}\n`;
}

/** k3s' own unit, with the three steps before it. The policy engine's guard against metadata has to be up first. */
function unit(settings: HetznerSettings, { role }: PlannedNode): string {
  const args = role === "server" && settings.controlPlaneExecArgs !== "" ? ` ${settings.controlPlaneExecArgs}` : "";
  return [
    "[Unit]",
    `Description=k3s ${role}`,
    "Wants=network-online.target",
    "After=network-online.target metadata-guard.service",
    "Requires=metadata-guard.service",
    "",
    "[Service]",
    `Type=${role === "server" ? "notify" : "exec"}`,
    "KillMode=process",
    "Delegate=yes",
    "LimitNOFILE=1048576",
    "LimitNPROC=infinity",
    "LimitCORE=infinity",
    "TasksMax=infinity",
    "TimeoutStartSec=0",
    "Restart=always",
    "RestartSec=10s",
    "StandardOutput=journal",
    "StandardError=journal+console",
    ...SCRIPTS.map((name) => `ExecStartPre=${LIBRARY}/${name}`),
    `ExecStart=/usr/local/bin/k3s ${role}${args}`,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

function encrypts({ databaseStorage }: HetznerSettings): boolean {
  return databaseStorage === "volumes-encrypted";
}

function shipped(name: string): string {
  return readFileSync(join(import.meta.dirname, "files", name), "utf8");
}

function secret(path: string, content: string): File {
  return { path, permissions: "0600", content };
}

function plain(path: string, content: string): File {
  return { path, permissions: "0644", content };
}

function script(path: string, content: string): File {
  return { path, permissions: "0755", content };
}
