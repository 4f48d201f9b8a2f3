import { z } from "zod";
import { cidr } from "../fields.ts";
import { DNS_LABEL, LABEL_KEY, LABEL_VALUE } from "../patterns.ts";
import { LOCATIONS, REGIONS, type Location, type Region } from "./regions.ts";
import { K3S_VERSION } from "./k3sReleases.ts";

const ipv4Cidr = z.cidrv4("an IPv4 network in CIDR notation");
const name = z.string().max(30).regex(DNS_LABEL.pattern, DNS_LABEL.expected);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "the 64 lower-case hexadecimal digits of a SHA-256");

const inner = ({ pattern }: { pattern: RegExp }) => pattern.source.slice(1, -1);
const LABEL = new RegExp(`^${inner(LABEL_KEY)}=${inner(LABEL_VALUE)}$`);
const TAINT = new RegExp(`^${inner(LABEL_KEY)}=${inner(LABEL_VALUE)}:(NoSchedule|PreferNoSchedule|NoExecute)$`);
const PARTS =
  "key and value of at most 63 letters, digits, dashes, underscores and dots, the key below a domain or not";

/** As Hetzner has them; sizes are 1 to 6 as of February 2026. */
const SERVER_TYPE = /^c(x|px|cx|ax)[1-6][1-9]$/;

/** A DNS name; no address, since its last part has a letter, and no wildcard: k3s drops those (rancher/dynamiclistener). */
const hostName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[A-Za-z][^.]*$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
  );

const nodepool = (least: 0 | 1) =>
  z.strictObject({
    name: name.describe("Name of the pool; servers are called `<clusterName>-<pool>-<number>`."),
    serverType: z
      .string()
      .regex(
        SERVER_TYPE,
        'a Hetzner server type like "cx33", "cpx32", "ccx23" or "cax21" (families and sizes as of February 2026)',
      )
      .describe("Hetzner server type; cax ones are arm64."),
    location: z.enum(LOCATIONS as [Location, ...Location[]]).describe("Hetzner location."),
    count: z
      .int()
      .min(least)
      .max(100)
      .describe(least === 0 ? "Number of servers; 0 keeps the place of a pool that is gone." : "Number of servers."),
    labels: z
      .array(z.string().regex(LABEL, `a label like "key=value", ${PARTS}`))
      .default([])
      .describe("Labels of the nodes."),
    taints: z
      .array(z.string().regex(TAINT, `a taint like "key=value:NoSchedule", ${PARTS}`))
      .default([])
      .describe("Taints of the nodes."),
    backups: z.boolean().default(false).describe("Hetzner's daily backups of the servers' disks."),
  });

const k3sConfig = z.record(
  z.string().regex(/^[a-z][a-z0-9-]*\+?$/, 'a key of k3s\' config.yaml like "etcd-snapshot-retention"'),
  z.unknown(),
);

/** Source: docs.hetzner.cloud, rules of a firewall: "You can specify 100 CIDR blocks at most". */
const sources = z.array(cidr).max(100);

const firewallRule = z.strictObject({
  direction: z.enum(["in", "out"]).describe("Which way."),
  protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]).describe("Protocol."),
  port: z
    .string()
    .refine(isPort, 'a port from 1 to 65535, a range like "8000-8010", or "any"')
    .optional()
    .describe("Port or range, for tcp and udp."),
  sourceIps: sources.default([]).describe("Who may send, for `in`."),
  destinationIps: sources.default([]).describe("Who may be sent to, for `out`."),
  description: z.string().max(255).optional().describe("Note on the rule."),
});

const s3 = z.strictObject({
  endpoint: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]+)?$/, 'a host like "fsn1.your-objectstorage.com", without scheme')
    .describe("S3 endpoint, by HTTPS."),
  bucket: z.string().min(3).max(63).describe("Bucket."),
  region: z.string().min(1).describe("Region of the bucket."),
  folder: z.string().min(1).describe("Folder in the bucket, this cluster's alone."),
});

const time = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day like "02:30"');
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const window = z.strictObject({
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .default([...DAYS])
    .describe("Days on which it opens."),
  startTime: time.describe("When it opens."),
  endTime: time.describe(
    "When it closes, on the same day. A node that is being upgraded is finished, and so are the rest.",
  ),
  timeZone: z
    .string()
    .refine(isTimeZone, 'a time zone like "Europe/Berlin"')
    .default("UTC")
    .describe("Time zone of the two."),
});

/** Type of the control plane's load balancer, where it has one. */
export const DEFAULT_LOAD_BALANCER = "lb11";

/** kube-hetzner v3's settings, in camelCase, as far as the cluster is made from them. */
export const hetznerSchema = z.strictObject({
  clusterName: name.max(20).default("k3s").describe("First part of every name in the Hetzner project."),
  networkRegion: z
    .enum(REGIONS as [Region, ...Region[]])
    .default("eu-central")
    .describe("Network zone; every location has to be in it."),
  networkIpv4Cidr: ipv4Cidr
    .default("10.0.0.0/16")
    .describe("Private network, this cluster's alone: Hetzner filters nothing in it. Each pool gets a part of it."),
  clusterIpv4Cidr: ipv4Cidr.default("10.42.0.0/16").describe("Addresses of pods."),
  serviceIpv4Cidr: ipv4Cidr.default("10.43.0.0/16").describe("Addresses of Services."),
  controlPlaneNodepools: z
    .array(nodepool(1))
    .min(1)
    .describe("Servers of the control plane: one, three, five or seven in all."),
  agentNodepools: z.array(nodepool(0)).default([]).describe("Servers that only run workloads."),
  databaseNodepool: name
    .optional()
    .describe(
      "Pool that the database runs on; its taints are tolerated. Any node that takes workloads, when left out.",
    ),
  databaseStorage: z
    .enum(["local", "volumes", "volumes-encrypted"])
    .default("local")
    .describe(
      "`local`: the servers' own disks, fast, gone with the server. `volumes`: Hetzner volumes, slower, outlive it. " +
        "`volumes-encrypted`: the same under LUKS.",
    ),
  allowSchedulingOnControlPlane: z
    .boolean()
    .default(false)
    .describe("Whether workloads run on the control plane. A cluster without agents always lets them."),
  image: z
    .string()
    .min(1)
    .default("debian-13")
    .describe("Image of the servers, by name. The scripts are written for Debian."),
  k3sVersion: z
    .string()
    .regex(/^v1\.[0-9]+\.[0-9]+\+k3s[0-9]+$/, 'an exact k3s release like "v1.36.3+k3s1"')
    .default(K3S_VERSION)
    .describe(
      "Release of k3s, for servers made from now on; with systemUpgradeScheduleWindow the others are upgraded to it too.",
    ),
  k3sArtifactSha256: z
    .strictObject({
      amd64: sha256.optional().describe("SHA-256 of the binary `k3s`."),
      arm64: sha256.optional().describe("SHA-256 of the binary `k3s-arm64`."),
    })
    .prefault({})
    .describe("Checksums of a k3s release that this project has not reviewed; needed for each architecture in use."),
  systemUpgradeScheduleWindow: window
    .optional()
    .describe(
      "When nodes may be upgraded to k3sVersion, one after the other. Without it none is, and no controller runs.",
    ),
  systemUpgradeUseDrain: z
    .boolean()
    .default(true)
    .describe("Empty a node before its upgrade, as far as PodDisruptionBudgets let it; false: its pods go on running."),
  cniPlugin: z.string().default("flannel").describe("flannel. Calico and Cilium: by way of a cluster that exists."),
  flannelBackend: z
    .enum(["vxlan", "host-gw", "wireguard-native"])
    .optional()
    .describe("How pods of different nodes reach each other; wireguard-native unless encryption is turned off."),
  enableCniWireguardEncryption: z
    .boolean()
    .default(true)
    .describe("Encrypt what pods of different nodes say to each other."),
  enableNetworkPolicy: z.boolean().default(true).describe("k3s' policy engine. It has to be on."),
  enableSecretsEncryption: z.boolean().default(true).describe("Encrypt Secrets in etcd."),
  enablePlacementGroups: z
    .boolean()
    .default(true)
    .describe("No two servers of a pool on one host; ten servers a group."),
  enableHetznerCsi: z.boolean().default(true).describe("Hetzner's storage driver, for Hetzner volumes."),
  enableControlPlaneLoadBalancer: z
    .boolean()
    .default(false)
    .describe("A load balancer in the private network by which nodes join. It has no public address."),
  controlPlaneLoadBalancerType: z.enum(["lb11", "lb21", "lb31"]).default(DEFAULT_LOAD_BALANCER).describe("Its type."),
  firewallKubeApiSource: sources.describe(
    "Who reaches the API server from outside, `pulumi up` included. Hetzner's firewall knows no names.",
  ),
  firewallSshSource: sources.default([]).describe("Who reaches SSH; nobody needs to."),
  sshPublicKey: z
    .string()
    .regex(
      /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+=*( .*)?$/,
      "the content of a public key file",
    )
    .optional()
    .describe("Key for SSH, needed where firewallSshSource lets somebody in."),
  allowInboundIcmp: z.boolean().default(false).describe("Answer pings from outside."),
  restrictOutboundTraffic: z
    .boolean()
    .default(true)
    .describe("Servers may only send DNS, HTTP, HTTPS, NTP and pings to the outside."),
  extraFirewallRules: z.array(firewallRule).default([]).describe("Further rules of the servers' firewall."),
  additionalTlsSans: z
    .array(z.union([z.ipv4(), z.ipv6(), hostName], "a host name or an address, without scheme, port and wildcard"))
    .default([])
    .describe("Further names and addresses in the API server's certificate."),
  kubeconfigServerAddress: z
    .union([z.ipv4(), hostName], "a host name or an IPv4 address, without scheme and port: servers have no IPv6")
    .optional()
    .describe(
      "Host in the kubeconfig, a DNS name of all control-plane servers for one. Default: the first one's address.",
    ),
  auditPolicyConfig: z
    .string()
    .min(1)
    .optional()
    .describe("Audit policy as YAML; the default logs who did what, never content."),
  auditLogMaxAge: z.int().min(1).default(30).describe("Days that an audit log is kept."),
  auditLogMaxBackups: z.int().min(1).default(10).describe("Audit logs that are kept."),
  auditLogMaxSize: z.int().min(1).default(100).describe("Megabytes of an audit log."),
  controlPlanesCustomConfig: k3sConfig
    .default({})
    .describe("Further keys of k3s' config.yaml on the control plane; none that this program sets."),
  controlPlaneExecArgs: z
    .string()
    .regex(/^[^\r\n"'\\%$]*$/, "one line without quotes, backslashes, $ and %: it becomes part of a systemd unit")
    .default("")
    .describe("Further arguments of `k3s server`, a value behind `=`; none that this program sets."),
  etcdS3Backup: s3
    .optional()
    .describe("Where etcd snapshots go; with the secret keys `etcdS3AccessKey` and `etcdS3SecretKey`."),
  restoreSnapshot: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, "the name of a snapshot, as `k3s etcd-snapshot ls` lists it")
    .optional()
    .describe("etcd snapshot that a replaced only control plane starts from; without it that server refuses to start."),
});

/** What is declared of a cluster that kube-hetzner made, to be held to the same rules. */
export const kubeHetznerSchema = z
  .strictObject({
    cniPlugin: z.enum(["flannel", "calico", "cilium"]).describe("As in kube-hetzner."),
    enableNetworkPolicy: z.boolean().describe("As in kube-hetzner; has to be true with flannel."),
    controlPlanesCustomConfig: k3sConfig.describe("As in kube-hetzner."),
    controlPlaneExecArgs: z.string().describe("As in kube-hetzner."),
    firewallKubeApiSource: z.array(cidr).describe("As in kube-hetzner; not everybody."),
    firewallSshSource: z.array(cidr).describe("As in kube-hetzner; not everybody."),
  })
  .partial();

function isPort(text: string): boolean {
  if (text === "any") return true;
  if (!/^[0-9]{1,5}(-[0-9]{1,5})?$/.test(text)) return false;
  const [from = 0, to = from] = text.split("-").map(Number);
  return from >= 1 && from <= to && to <= 65_535;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export type HetznerSettings = z.output<typeof hetznerSchema>;
export type KubeHetznerSettings = z.output<typeof kubeHetznerSchema>;
export type Nodepool = HetznerSettings["controlPlaneNodepools"][number];
export type UpgradeWindow = NonNullable<HetznerSettings["systemUpgradeScheduleWindow"]>;
