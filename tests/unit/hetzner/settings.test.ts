import { expect, test } from "vitest";
import { HCLOUD_TOKEN, KUBECONFIG, runStack } from "../program/stack.ts";

const server = { name: "control-plane", serverType: "cx33", location: "fsn1", count: 3 };
const workers = { name: "workers", serverType: "cx33", location: "fsn1", count: 2 };
const valid = { firewallKubeApiSource: ["203.0.113.0/24"], controlPlaneNodepools: [server], agentNodepools: [workers] };

const AUDIT_POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: None }]\n";

type Refused = [string, Record<string, unknown>, string[]];

/** Settings of the cluster over valid ones, and what the one error must say of them. */
const refused: Refused[] = [
  [
    "an unknown setting",
    { clusterNam: "x" },
    ["cluster.hetzner.clusterNam", "did you mean cluster.hetzner.clusterName?"],
  ],
  [
    "kube-hetzner's spelling",
    { enable_secrets_encryption: true },
    ["enable_secrets_encryption", "did you mean cluster.hetzner.enableSecretsEncryption?"],
  ],
  [
    "a v2 flag that was inverted",
    { disableNetworkPolicy: true },
    ["kube-hetzner v3 calls it enableNetworkPolicy", "means the opposite", "is enableNetworkPolicy: false"],
  ],
  ["a v2 flag in v2's spelling", { placement_group_disable: false }, ["enablePlacementGroups: true"]],
  ["a v2 name", { use_control_plane_lb: true }, ["kube-hetzner v3 calls it enableControlPlaneLoadBalancer"]],
  // kube-hetzner v3.1.0, MIGRATION.md: what v3 renamed, inverted or removed, whether it is offered here or not.
  ...(
    [
      ["secrets_encryption", "v3 calls it enableSecretsEncryption"],
      ["k3s_encryption_at_rest", "v3 calls it enableSecretsEncryption"],
      ["install_k3s_version", "v3 calls it k3sVersion"],
      ["initial_k3s_channel", "v3 calls it k3sChannel): not offered here; name a release in k3sVersion"],
      ["k3s_token", "v3 calls it clusterToken): not offered here; tokens to join by are generated"],
      [
        "automatically_upgrade_k3s",
        "automaticallyUpgradeKubernetes): not offered here; set systemUpgradeScheduleWindow",
      ],
      ["k3s_audit_log_path", "v3 calls it auditLogPath): not offered here"],
      ["kubeapi_port", "the API server is at port 6443"],
      ["disable_selinux", "v3 calls it enableSelinux): not offered here"],
      ["combine_load_balancers", "v3 calls it reuseControlPlaneLoadBalancer): not offered here"],
      ["control_plane_lb_enable_public_interface", "that load balancer is private"],
      ["existing_network_id", "one private network, its own"],
      ["extra_kustomize_folder", "v3 calls it userKustomizations): not offered here"],
      ["autoscaler_labels", "there is no autoscaler"],
      ["enable_iscsid", "v3 has it no more"],
      ["hetzner_ccm_use_helm", "v3 has it no more"],
      ["cluster_token", "remove it: not offered here; tokens to join by are generated"],
      ["k3sChannel", "remove it: not offered here; name a release in k3sVersion"],
      ["enable_selinux", "servers run Debian"],
      ["enable_kured", "unattended-upgrades"],
      ["autoscaler_nodepools", "there is no autoscaler"],
      ["ingress_controller", "no ingress comes with the cluster"],
      ["cilium_values", "Calico and Cilium run in a cluster that exists"],
      ["enable_rancher", "in a program of their own"],
      ["hcloud_token", "pulumi config set --secret hcloudToken"],
    ] as const
  ).map(([name, said]): Refused => [`${name} of kube-hetzner's`, { [name]: true }, [`cluster.hetzner.${name}`, said]]),
  ...(
    [
      ["disable_ipv4", "v3 calls it enablePublicIpv4): not offered here"],
      ["placement_group_compat_idx", "v3 calls it placementGroupIndex): not offered here"],
      ["nodes", "servers of a pool are alike"],
      ["hcloud_labels", "pools have the known keys alone"],
      ["server_type", "did you mean cluster.hetzner.agentNodepools[0].serverType?"],
    ] as const
  ).map(([name, said]): Refused => [
    `${name} of a pool of kube-hetzner's`,
    { agentNodepools: [{ ...workers, [name]: true }] },
    [`cluster.hetzner.agentNodepools[0].${name}`, said],
  ]),
  [
    "a slip in a key that kube-hetzner has relatives of",
    { sshPubliKey: "x" },
    ["did you mean cluster.hetzner.sshPublicKey"],
  ],
  [
    "a slip in another such key",
    { systemUpgradeUseDrains: true, controlPlaneLoadBalancerTyp: "lb11" },
    [
      "did you mean cluster.hetzner.systemUpgradeUseDrain?",
      "did you mean cluster.hetzner.controlPlaneLoadBalancerType?",
    ],
  ],
  ["a slip in kube-hetzner's spelling", { cni_plugns: "flannel" }, ["did you mean cluster.hetzner.cniPlugin?"]],
  [
    "a name of nobody's",
    { colour: "red" },
    ["fix: remove cluster.hetzner.colour", "one of the known keys (clusterName"],
  ],
  ["a wrong type", { enablePlacementGroups: "yes" }, ["enablePlacementGroups", "a boolean"]],
  ["a wrong unit", { auditLogMaxAge: "30d" }, ["auditLogMaxAge", "a number"]],
  [
    "no word on who reaches the API server",
    { firewallKubeApiSource: undefined },
    ["firewallKubeApiSource: got nothing"],
  ],
  ["an API server for nobody", { firewallKubeApiSource: [] }, ["firewallKubeApiSource: got []", "that of pulumi up"]],
  [
    "networks in the firewall that do not begin where they say",
    {
      firewallKubeApiSource: ["100.64.7.7/24"],
      firewallSshSource: ["fe80::1/64"],
      extraFirewallRules: [
        { direction: "in", protocol: "icmp", sourceIps: ["203.0.113.0/24", "203.0.113.9/28"] },
        { direction: "out", protocol: "icmp", destinationIps: ["203.0.113.9/28"] },
      ],
    },
    [
      'firewallKubeApiSource[0]: got "100.64.7.7/24", expected the first address of the range; fix: write 100.64.7.0/24',
      "firewallSshSource[0]",
      "write fe80::/64",
      "extraFirewallRules[0].sourceIps[1]",
      "extraFirewallRules[1].destinationIps[0]",
    ],
  ],
  [
    "more networks than a rule takes",
    { firewallKubeApiSource: Array.from({ length: 101 }, (_, index) => `100.64.${String(index)}.0/24`) },
    ["firewallKubeApiSource", "at most 100 entries"],
  ],
  ...["65536", "0", "9000-8000", "80-70000", "http"].map((port): Refused => [
    `port ${port}`,
    { extraFirewallRules: [{ direction: "out", protocol: "tcp", port, destinationIps: ["0.0.0.0/0"] }] },
    [`extraFirewallRules[0].port: got "${port}"`, "a port from 1 to 65535"],
  ]),
  ["an API server for everybody", { firewallKubeApiSource: ["0.0.0.0/0"] }, ["a network of your own, not everybody"]],
  ["half of everybody", { firewallKubeApiSource: ["0.0.0.0/1", "128.0.0.0/1"] }, ["firewallKubeApiSource[1]"]],
  ["everybody by IPv6", { firewallKubeApiSource: ["2000::/3"] }, ["firewallKubeApiSource[0]"]],
  ["SSH for everybody", { firewallSshSource: ["::/0"] }, ["firewallSshSource[0]", "not everybody"]],
  ["SSH without a key", { firewallSshSource: ["203.0.113.7/32"] }, ["sshPublicKey: got nothing"]],
  [
    "a rule that opens the API server after all",
    { extraFirewallRules: [{ direction: "in", protocol: "tcp", port: "6000-7000", sourceIps: ["0.0.0.0/0"] }] },
    ["extraFirewallRules[0]", "not SSH, the API server"],
  ],
  [
    "a rule without a port",
    { extraFirewallRules: [{ direction: "in", protocol: "udp", sourceIps: ["203.0.113.0/24"] }] },
    ["extraFirewallRules[0].port", "a port, for udp"],
  ],
  [
    "a rule that says the wrong side",
    { extraFirewallRules: [{ direction: "out", protocol: "tcp", port: "25", sourceIps: ["203.0.113.0/24"] }] },
    ["extraFirewallRules[0].destinationIps", "extraFirewallRules[0].sourceIps"],
  ],
  ["enforcement off by the switch", { enableNetworkPolicy: false }, ["enableNetworkPolicy", "policy engine to run"]],
  [
    "enforcement off by raw configuration",
    { controlPlanesCustomConfig: { "disable-network-policy": true } },
    ["controlPlanesCustomConfig.disable-network-policy"],
  ],
  [
    "enforcement off by raw arguments",
    { controlPlaneExecArgs: "--debug --disable-network-policy" },
    ["controlPlaneExecArgs", "remove --disable-network-policy"],
  ],
  ["another CNI", { cniPlugin: "cilium" }, ["cniPlugin", "cluster.kubeHetzner.cniPlugin"]],
  [
    "raw configuration of what is set already",
    { controlPlanesCustomConfig: { "write-kubeconfig-mode": "0644" } },
    ["controlPlanesCustomConfig.write-kubeconfig-mode", "stays 0600"],
  ],
  [
    "raw arguments of what is set already",
    { controlPlaneExecArgs: "--flannel-backend=host-gw" },
    ["use flannelBackend"],
  ],
  [
    "raw configuration that adds to what is set already",
    {
      controlPlanesCustomConfig: { "disable-network-policy+": true, "node-taint+": ["a=b:NoSchedule"], "token+": "x" },
    },
    ["disable-network-policy+: got true", "node-taint+", "use the taints of a pool", "token+"],
  ],
  ["another network by raw arguments", { controlPlaneExecArgs: "--flannel-backend=none" }, ["policy engine to run"]],
  [
    "another configuration file",
    { controlPlaneExecArgs: "--config=/x -c=/y" },
    ['got "--config=/x"', 'got "-c=/y"', "use controlPlanesCustomConfig"],
  ],
  [
    "another home of the cluster",
    { controlPlaneExecArgs: "--data-dir=/x --datastore-endpoint=mysql://x -t=y --disable-agent" },
    ['got "--data-dir=/x"', 'got "--datastore-endpoint=mysql://x"', 'got "-t=y"', "a server enforces no policy"],
  ],
  [
    "words that are no arguments",
    { controlPlaneExecArgs: "--debug ; rm -- --log /x" },
    ['got ";"', 'got "rm"', 'got "--", ', 'got "/x"', "each with its value in one word"],
  ],
  ["a key that is none", { controlPlanesCustomConfig: { "--debug": true } }, ["a key of k3s' config.yaml"]],
  [
    "arguments that leave their line",
    { controlPlaneExecArgs: "--debug\nExecStartPost=/bin/sh" },
    ["controlPlaneExecArgs"],
  ],
  ["pods where Services are", { clusterIpv4Cidr: "10.43.0.0/17" }, ["a network apart from", "10.43.0.0"]],
  ["pods in the private network", { networkIpv4Cidr: "10.0.0.0/8" }, ["clusterIpv4Cidr", "serviceIpv4Cidr"]],
  ["a network too small", { networkIpv4Cidr: "10.0.0.0/20" }, ["networkIpv4Cidr", "/16 or larger"]],
  ["a network that is not private", { networkIpv4Cidr: "100.64.0.0/16" }, ["networkIpv4Cidr", "RFC 1918"]],
  [
    "networks that do not begin where they say",
    { networkIpv4Cidr: "10.0.1.0/16", clusterIpv4Cidr: "10.42.0.1/16", serviceIpv4Cidr: "10.43.7.0/16" },
    ["write 10.0.0.0/16", "write 10.42.0.0/16", "write 10.43.0.0/16"],
  ],
  ["pods at the metadata service", { clusterIpv4Cidr: "169.254.0.0/16" }, ["clusterIpv4Cidr", "metadata service"]],
  ["Services at the metadata service", { serviceIpv4Cidr: "169.254.0.0/20" }, ["serviceIpv4Cidr", "metadata service"]],
  ["more nodes than ranges for pods", { clusterIpv4Cidr: "10.42.0.0/22" }, ["for each of 5 nodes: /21 or larger"]],
  ["too few Services for DNS", { serviceIpv4Cidr: "10.43.0.0/29" }, ["serviceIpv4Cidr", "/28 or larger"]],
  [
    "more Services than an old API server takes",
    { serviceIpv4Cidr: "172.0.0.0/8", k3sVersion: "v1.33.13+k3s2" },
    ["serviceIpv4Cidr", "/12 or smaller", "v1.34"],
  ],
  ["a location of another region", { networkRegion: "us-east" }, ["controlPlaneNodepools[0].location", "ash"]],
  [
    "an unknown location",
    { agentNodepools: [{ ...workers, location: "fsn2" }] },
    ["agentNodepools[0].location", '"fsn1"'],
  ],
  ["two pools of one name", { agentNodepools: [{ ...workers, name: "control-plane" }] }, ["agentNodepools[0].name"]],
  ["no such server type", { agentNodepools: [{ ...workers, serverType: "large" }] }, ["a Hetzner server type"]],
  ["a server type of no size", { agentNodepools: [{ ...workers, serverType: "cx99" }] }, ["a Hetzner server type"]],
  [
    "server types that are not there",
    {
      networkRegion: "us-east",
      controlPlaneNodepools: [{ ...server, location: "ash" }],
      agentNodepools: [{ ...workers, location: "ash", serverType: "cax21" }],
    },
    [
      'controlPlaneNodepools[0].serverType: got "cx33"',
      'agentNodepools[0].serverType: got "cax21"',
      "cpx or ccx in us-east",
      "as of",
    ],
  ],
  ["two control planes", { controlPlaneNodepools: [{ ...server, count: 2 }] }, ["2 in all", "a majority"]],
  ["more than a network holds", { agentNodepools: [{ ...workers, count: 98 }] }, ["101 in all", "at most 100"]],
  ["nowhere to run anything", { agentNodepools: [] }, ["allowSchedulingOnControlPlane: got false"]],
  [
    "taints everywhere",
    { agentNodepools: [{ ...workers, taints: ["dedicated=db:NoSchedule"] }] },
    ["allowSchedulingOnControlPlane", "takes the operator"],
  ],
  [
    "a malformed taint",
    { agentNodepools: [{ ...workers, taints: ["dedicated"] }] },
    ['a taint like "key=value:NoSchedule"'],
  ],
  ...[
    "a/b/c=d",
    "a=b=c",
    "/a=b",
    "a=b c",
    `${"k".repeat(64)}=v`,
    `k=${"v".repeat(64)}`,
    `${"d".repeat(254)}/k=v`,
    "-a=b",
    "a=b-",
  ].flatMap((label): Refused[] => [
    [
      `label ${label}`,
      { agentNodepools: [{ ...workers, labels: [label] }] },
      ["labels[0]", 'a label like "key=value"'],
    ],
    [
      `taint ${label}:NoSchedule`,
      { agentNodepools: [{ ...workers, taints: [`${label}:NoSchedule`] }] },
      ["taints[0]", 'a taint like "key=value:NoSchedule"'],
    ],
  ]),
  ...[
    "node-role.kubernetes.io/postgres=",
    "node-restriction.kubernetes.io/a=b",
    "kubernetes.io/role=db",
    "x.k8s.io/a=b",
    "k8s.io/a=b",
  ].map((label): Refused => [
    `label ${label}`,
    { agentNodepools: [{ ...workers, labels: ["role=db", label] }] },
    ["agentNodepools[0].labels[1]", "a kubelet may give itself"],
  ]),
  ...["kubernetes.io/hostname=db", "topology.kubernetes.io/zone=a", "node.kubernetes.io/instance-type=cx33"].map(
    (label): Refused => [
      `label ${label}`,
      { agentNodepools: [{ ...workers, labels: [label] }] },
      ["agentNodepools[0].labels[0]", "gives each node by itself"],
    ],
  ),
  [
    "a label of this program's",
    { agentNodepools: [{ ...workers, labels: ["hcloud-postgres/nodepool=postgres"] }] },
    ["agentNodepools[0].labels[0]", "outside hcloud-postgres/"],
  ],
  [
    "a label given twice",
    { agentNodepools: [{ ...workers, labels: ["role=db", "tier=1", "role=web"] }] },
    ['agentNodepools[0].labels[2]: got "role=web"', "agentNodepools[0].labels[0] has it"],
  ],
  [
    "a taint given twice",
    { agentNodepools: [{ ...workers, taints: ["a=b:NoSchedule", "a=c:NoSchedule"] }] },
    ["agentNodepools[0].taints[1]", "agentNodepools[0].taints[0] has it"],
  ],
  [
    "the control plane's own taint",
    { controlPlaneNodepools: [{ ...server, taints: ["node-role.kubernetes.io/control-plane=true:NoSchedule"] }] },
    ["controlPlaneNodepools[0].taints[0]", "comes with allowSchedulingOnControlPlane: false"],
  ],
  [
    "an audit policy that user data has no room for",
    { auditPolicyConfig: `${AUDIT_POLICY}${"# long\n".repeat(2000)}` },
    ['cluster.hetzner.auditPolicyConfig: got "140', "user data of k3s-control-plane-1", "at most 32768 bytes"],
  ],
  [
    "raw configuration that user data has no room for",
    { controlPlanesCustomConfig: { "kube-proxy-arg": Array.from({ length: 1000 }, () => "v=0") } },
    ["cluster.hetzner.controlPlanesCustomConfig: got", "at most 32768 bytes"],
  ],
  [
    "labels that user data has no room for",
    {
      agentNodepools: [
        { ...workers, labels: Array.from({ length: 300 }, (_, i) => `l${String(i)}=${"x".repeat(60)}`) },
      ],
    },
    ["cluster.hetzner.agentNodepools[0].labels: got", "user data of k3s-workers-2"],
  ],
  [
    "more rules than a firewall takes",
    {
      extraFirewallRules: Array.from({ length: 44 }, () => ({
        direction: "out",
        protocol: "tcp",
        port: "25",
        destinationIps: ["203.0.113.0/24"],
      })),
    },
    ['extraFirewallRules: got "44 rules", expected at most 43 rules', "50 in a firewall, and 7 follow"],
  ],
  ["an audit policy that is no YAML", { auditPolicyConfig: "a: [" }, ['auditPolicyConfig: got "a: ["', "as YAML"]],
  ["an audit policy that is a path", { auditPolicyConfig: "/etc/audit.yaml" }, ["give the file's content"]],
  [
    "an audit policy of another kind",
    { auditPolicyConfig: "apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{ level: None }]\n" },
    ['auditPolicyConfig: got {"apiVersion":"audit.k8s.io/v1beta1","kind":"Policy"}', "apiVersion audit.k8s.io/v1"],
  ],
  [
    "an audit policy without rules",
    { auditPolicyConfig: "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n" },
    ["auditPolicyConfig", "at least one rule"],
  ],
  [
    "an audit policy with a level that is none",
    { auditPolicyConfig: "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: None }, { level: All }]\n" },
    ["rules[1].level to be one of None, Metadata"],
  ],
  ...[
    "https://api.example.com",
    "*.example.com",
    "api.example.com:6443",
    "a b",
    "-a",
    "10.0.0.256",
    "a..b",
    "",
  ].flatMap((name): Refused[] => [
    [
      `${name} in the certificate`,
      { additionalTlsSans: [name] },
      ["additionalTlsSans[0]", "a host name or an address"],
    ],
    [`${name} in the kubeconfig`, { kubeconfigServerAddress: name }, ["kubeconfigServerAddress", "IPv4 address"]],
  ]),
  ["an IPv6 address in the kubeconfig", { kubeconfigServerAddress: "2001:db8::1" }, ["servers have no IPv6"]],
  ["a pool that is not there", { databaseNodepool: "postgres" }, ["databaseNodepool", "control-plane, workers"]],
  ["a k3s release that nobody reviewed", { k3sVersion: "v1.36.4+k3s1" }, ["k3sArtifactSha256.amd64: got nothing"]],
  [
    "a checksum that is not that of the release",
    { k3sArtifactSha256: { arm64: "1".repeat(64) } },
    [
      "k3sArtifactSha256.arm64",
      "c9a209103f480f163b7c6a56f00862b4481927b284dc29a3716bb70d886691a8",
      "reviewed checksum",
    ],
  ],
  ["a k3s release by channel", { k3sVersion: "stable" }, ["an exact k3s release"]],
  [
    "encryption that is none",
    { flannelBackend: "vxlan" },
    ["flannelBackend", '"wireguard-native", since enableCniWireguardEncryption is true'],
  ],
  [
    "volumes below Hetzner's least",
    { databaseStorage: "volumes" },
    ["database.storage.walSize (5Gi) of at least 10Gi"],
  ],
  ["volumes without their driver", { databaseStorage: "volumes", enableHetznerCsi: false }, ["enableHetznerCsi"]],
  [
    "upgrades beyond midnight",
    { systemUpgradeScheduleWindow: { startTime: "22:00", endTime: "02:00" } },
    ['systemUpgradeScheduleWindow.endTime: got "02:00"', "beyond midnight", "23:59"],
  ],
  [
    "upgrades at no hour of the clock",
    { systemUpgradeScheduleWindow: { startTime: "2am", endTime: "24:00", days: ["Sunday"], timeZone: "Berlin" } },
    ['a time of day like "02:30"', "endTime", '"sunday"', 'a time zone like "Europe/Berlin"'],
  ],
  ["half a window", { systemUpgradeScheduleWindow: { startTime: "02:00" } }, ["endTime: got nothing"]],
  ["upgrades without a window", { systemUpgradeUseDrain: false }, ["without systemUpgradeScheduleWindow"]],
  [
    "a drain of the database's only server",
    {
      agentNodepools: [{ ...workers, count: 1 }],
      systemUpgradeScheduleWindow: { startTime: "02:00", endTime: "05:00" },
    },
    ["systemUpgradeUseDrain: got true", "wait for ever for the only server"],
  ],
  [
    "a snapshot for several control planes",
    {
      restoreSnapshot: "etcd-1",
      etcdS3Backup: { endpoint: "s3.example", bucket: "etcd", region: "x", folder: "x" },
    },
    ["restoreSnapshot", "nothing with 3 control-plane servers"],
  ],
  [
    "a type for a load balancer that is not there",
    { controlPlaneLoadBalancerType: "lb21" },
    ["controlPlaneLoadBalancerType", "enableControlPlaneLoadBalancer is false"],
  ],
  ["a snapshot from nowhere", { restoreSnapshot: "etcd-1" }, ["etcdS3Backup: got nothing"]],
];

test.each(refused)("%s is refused", async (_name, settings, said) => {
  const run = runStack("production", { config: { cluster: { hetzner: { ...valid, ...settings } } } });
  for (const text of said) await expect(run).rejects.toThrow(text);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ["no token", { hcloudToken: undefined }, ["hcloudToken: got nothing", "pulumi config set --secret hcloudToken"]],
  ["a token of another kind", { hcloudToken: "abc" }, ["64 letters and digits"]],
  ["a kubeconfig of another cluster", { kubeconfig: KUBECONFIG }, ['kubeconfig: got "[secret]"', "not needed"]],
  ["a key for no bucket", { etcdS3AccessKey: "x" }, ["etcdS3AccessKey", "not needed"]],
  [
    "no key for the bucket",
    {
      cluster: {
        hetzner: { ...valid, etcdS3Backup: { endpoint: "s3.example", bucket: "etcd", region: "x", folder: "x" } },
      },
      etcdS3AccessKey: undefined,
      etcdS3SecretKey: undefined,
    },
    ["etcdS3AccessKey: got nothing", "etcdS3SecretKey: got nothing"],
  ],
  [
    "keys of a cluster that is there",
    { cluster: { hetzner: valid, storageClass: "fast", controlPlaneCidrs: ["10.0.0.1/32"] } },
    ["cluster.storageClass", "cluster.controlPlaneCidrs", "remove cluster.storageClass"],
  ],
  ["an operator of somebody else's", { operator: { install: "existing" } }, ['operator.install: got "existing"']],
  ["a token for a cluster that is there", { cluster: {}, hcloudToken: HCLOUD_TOKEN }, ["hcloudToken", "not needed"]],
])("%s is refused", async (_name, config, said) => {
  const run = runStack("production", { config });
  for (const text of said) await expect(run).rejects.toThrow(text);
});

test("a drain of a single instance is refused, and its upgrade without a drain is not", async () => {
  const systemUpgradeScheduleWindow = { startTime: "02:00", endTime: "05:00" };
  const run = (more: object) =>
    runStack("examples/hetzner-small", {
      config: {
        cluster: {
          hetzner: {
            firewallKubeApiSource: ["203.0.113.0/24"],
            controlPlaneNodepools: [{ ...server, count: 1 }],
            systemUpgradeScheduleWindow,
            ...more,
          },
        },
      },
    });
  await expect(run({})).rejects.toThrow("a single instance, which its PodDisruptionBudget keeps where it is");
  expect((await run({ systemUpgradeUseDrain: false })).length).toBeGreaterThan(50);
});

test("everything that is wrong is in one error, and no secret is", async () => {
  const hetzner = {
    ...valid,
    firewallKubeApiSource: ["0.0.0.0/0"],
    k3sVersion: "v1.36.4+k3s1",
    enableNetworkPolicy: false,
  };
  const config = { cluster: { hetzner }, hcloudToken: "hush", database: { instances: 1 } };
  const error: unknown = await runStack("production", { config }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/^Error: 5 problems, nothing was changed:\n/);
  expect(String(error)).not.toContain("hush");
});

test.each([
  ["wider than the largest network", { networkIpv4Cidr: "10.0.0.0/13" }],
  ["a range for each node and none more", { clusterIpv4Cidr: "10.42.0.0/21" }],
  ["as many Services as a new API server takes", { serviceIpv4Cidr: "172.0.0.0/8" }],
  ["another backend, with encryption off on purpose", { flannelBackend: "vxlan", enableCniWireguardEncryption: false }],
  [
    "a rule for everybody that opens nothing guarded",
    {
      extraFirewallRules: [{ direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] }],
    },
  ],
  ["a release with its checksum", { k3sVersion: "v1.36.4+k3s1", k3sArtifactSha256: { amd64: "0".repeat(64) } }],
  [
    "a release with the checksum that it has",
    {
      k3sArtifactSha256: {
        amd64: "2f98a9f8fe5782479ee2d54e70a1b10a7f6fd4cae8d38ed3098452dc6eed76b5",
        arm64: "c9a209103f480f163b7c6a56f00862b4481927b284dc29a3716bb70d886691a8",
      },
    },
  ],
  [
    "names and addresses in the certificate and the kubeconfig",
    { additionalTlsSans: ["api", "api-1.example.com", "10.1.2.3", "2001:db8::1"], kubeconfigServerAddress: "10.1.2.3" },
  ],
  ["a host name in the kubeconfig", { kubeconfigServerAddress: "api.example.com" }],
  ["a load balancer of another type", { controlPlaneLoadBalancerType: "lb21", enableControlPlaneLoadBalancer: true }],
  [
    "labels that a kubelet may give itself",
    {
      agentNodepools: [
        {
          ...workers,
          labels: ["node.kubernetes.io/a=b", "x.node.kubernetes.io/a=", "example.com/k8s.io=1", "a.B_c=d"],
        },
      ],
    },
  ],
  ["taints that differ", { agentNodepools: [{ ...workers, taints: ["a=b:PreferNoSchedule", "c=:PreferNoSchedule"] }] }],
  [
    "an audit policy",
    {
      auditPolicyConfig:
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: None }]\n",
    },
  ],
  [
    "servers where their types are",
    {
      networkRegion: "us-east",
      controlPlaneNodepools: [{ ...server, location: "ash", serverType: "cpx31" }],
      agentNodepools: [{ ...workers, location: "ash", serverType: "ccx23" }],
    },
  ],
  ["raw configuration of something else", { controlPlanesCustomConfig: { "etcd-snapshot-retention": 24 } }],
  ["raw arguments of something else", { controlPlaneExecArgs: "--debug" }],
  ["a window up to the last minute", { systemUpgradeScheduleWindow: { startTime: "00:00", endTime: "23:59" } }],
])("%s is accepted", async (_name, settings) => {
  const resources = await runStack("production", { config: { cluster: { hetzner: { ...valid, ...settings } } } });
  expect(resources.filter(({ type }) => type === "hcloud:index/server:Server")).toHaveLength(5);
});
