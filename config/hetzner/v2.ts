/** What became of a kube-hetzner v2 input. */
interface Renamed {
  /** Name in v3, camelCase. */
  to: string;
  /** The value means the opposite now. */
  inverted?: true;
}

/** Inputs of kube-hetzner v2 and what v3 calls them. Source: kube-hetzner v3.1.0, MIGRATION.md. */
const RENAMED: Record<string, Renamed> = {
  initialK3sChannel: { to: "k3sVersion" },
  installK3sVersion: { to: "k3sVersion" },
  secretsEncryption: { to: "enableSecretsEncryption" },
  k3sEncryptionAtRest: { to: "enableSecretsEncryption" },
  k3sAuditPolicyConfig: { to: "auditPolicyConfig" },
  k3sAuditLogMaxage: { to: "auditLogMaxAge" },
  k3sAuditLogMaxbackup: { to: "auditLogMaxBackups" },
  k3sAuditLogMaxsize: { to: "auditLogMaxSize" },
  k3sExecServerArgs: { to: "controlPlaneExecArgs" },
  enableWireguard: { to: "enableCniWireguardEncryption" },
  useControlPlaneLb: { to: "enableControlPlaneLoadBalancer" },
  controlPlaneLbType: { to: "controlPlaneLoadBalancerType" },
  placementGroupDisable: { to: "enablePlacementGroups", inverted: true },
  blockIcmpPingIn: { to: "allowInboundIcmp", inverted: true },
  disableHetznerCsi: { to: "enableHetznerCsi", inverted: true },
  disableNetworkPolicy: { to: "enableNetworkPolicy", inverted: true },
};

/** What to write instead of a kube-hetzner v2 input, in either spelling; undefined for any other name. */
export function v2Advice(name: string, value: unknown): string | undefined {
  const renamed = RENAMED[camelCase(name)];
  if (!renamed) return undefined;
  if (!renamed.inverted) return `kube-hetzner v3 calls it ${renamed.to}`;
  const now = typeof value === "boolean" ? `: ${name}: ${String(value)} is ${renamed.to}: ${String(!value)}` : "";
  return `kube-hetzner v3 calls it ${renamed.to}, and means the opposite by it${now}`;
}

/** `enable_network_policy` as this project spells it. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
