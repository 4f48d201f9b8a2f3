import { expect, test } from "vitest";
import { runningObjections, runningWarnings } from "../../../components/cluster/running.ts";
import type { LiveNode } from "../../../components/cluster/live.ts";
import { hetznerSchema } from "../../../config/hetzner/schema.ts";

const pool = (name: string, more: object = {}) => ({ name, serverType: "cx33", location: "fsn1", count: 1, ...more });
const settings = {
  clusterName: "db",
  firewallKubeApiSource: ["100.64.7.0/24"],
  controlPlaneNodepools: [pool("control-plane")],
  agentNodepools: [pool("workers")],
};
const parsed = (more: object) => hetznerSchema.parse({ ...settings, ...more });

/** As k3s notes it: the command, then flags and values, those of config.yaml too. */
const server = [
  "server",
  "--cluster-cidr",
  "10.42.0.0/16",
  "--service-cidr",
  "10.43.0.0/16",
  "--tls-san",
  "10.0.255.101",
];
const encrypted = ["--flannel-backend", "wireguard-native", "--secrets-encryption=true"];
const node = (name: string, args: string[], more: Partial<LiveNode> = {}): LiveNode => ({
  name: `db-${name}-1`,
  labels: { "hcloud-postgres/nodepool": name },
  taints: [],
  podCidrs: [],
  annotations: { "k3s.io/node-args": JSON.stringify(args) },
  ...more,
});
const nodes = [node("control-plane", [...server, ...encrypted]), node("workers", ["agent", "--node-ip", "10.0.0.101"])];

test.each<[string, object, string[]]>([
  ["as the servers run", {}, []],
  ["other pods", { clusterIpv4Cidr: "10.44.0.0/16" }, ["clusterIpv4Cidr: cluster-cidr 10.42.0.0/16"]],
  ["other Services", { serviceIpv4Cidr: "10.45.0.0/16" }, ["serviceIpv4Cidr: service-cidr 10.43.0.0/16"]],
  ["pods unencrypted", { enableCniWireguardEncryption: false }, ["enableCniWireguardEncryption: flannel-backend wire"]],
  ["another backend", { flannelBackend: "host-gw" }, ["flannelBackend: flannel-backend wireguard-native"]],
  ["Secrets unencrypted", { enableSecretsEncryption: false }, ["enableSecretsEncryption: secrets-encryption true"]],
  [
    "a name in no certificate",
    { kubeconfigServerAddress: "k8s.team.dev" },
    ["kubeconfigServerAddress: a name that is"],
  ],
  ["an address in the certificate", { kubeconfigServerAddress: "10.0.255.101" }, []],
])("%s", (_name, more, said) => {
  const found = runningObjections(parsed(more), nodes).map(({ key, expected }) => `${key}: ${expected}`);
  expect(found).toEqual(said.map((text): unknown => expect.stringContaining(`cluster.hetzner.${text}`)));
});

test("nodes that do not say how k3s was started object to nothing", () => {
  const silent = nodes.map((one) => ({ ...one, annotations: {} }));
  expect(runningObjections(parsed({ clusterIpv4Cidr: "10.44.0.0/16" }), silent)).toEqual([]);
});

const bucket = { endpoint: "nbg1.your-objectstorage.com", bucket: "etcd", region: "nbg1", folder: "db" };

test.each<[string, object, string[]]>([
  ["as the servers run", {}, []],
  [
    "snapshots that nobody takes",
    { etcdS3Backup: bucket },
    ["db-control-plane-1: k3s puts no snapshots into bucket etcd"],
  ],
  ["a further name", { additionalTlsSans: ["k8s.team.dev"] }, ["k8s.team.dev is in no certificate"]],
  [
    "a label and a taint",
    { agentNodepools: [pool("workers", { labels: ["tier=db"], taints: ["dedicated=postgres:NoSchedule"] })] },
    [
      "kubectl label node db-workers-1 --overwrite tier=db",
      "kubectl taint node db-workers-1 dedicated=postgres:NoSchedule",
    ],
  ],
])("what counts for new servers alone is told: %s", (_name, more, said) => {
  const settings = parsed({ allowSchedulingOnControlPlane: true, ...more });
  expect(runningWarnings(settings, nodes)).toEqual(said.map((text): unknown => expect.stringContaining(text)));
});

test("of what is there nothing is told", () => {
  const kept = [...server, ...encrypted, "--etcd-s3=true", "--etcd-s3-bucket", "etcd"];
  const labelled = { labels: { "hcloud-postgres/nodepool": "workers", tier: "db" } };
  const taints = [{ key: "dedicated", value: "postgres", effect: "NoSchedule" }];
  const there = [node("control-plane", kept), node("workers", ["agent"], { ...labelled, taints })];
  const agent = pool("workers", { labels: ["tier=db"], taints: ["dedicated=postgres:NoSchedule"] });
  const settings = parsed({ allowSchedulingOnControlPlane: true, etcdS3Backup: bucket, agentNodepools: [agent] });
  expect(runningWarnings(settings, there)).toEqual([]);
});
