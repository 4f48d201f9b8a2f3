import { accepts, refuses } from "./settings.ts";

refuses([
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
]);

accepts([
  ["another backend, with encryption off on purpose", { flannelBackend: "vxlan", enableCniWireguardEncryption: false }],
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
    "an audit policy",
    {
      auditPolicyConfig:
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: None }]\n",
    },
  ],
  ["raw configuration of something else", { controlPlanesCustomConfig: { "etcd-snapshot-retention": 24 } }],
  ["raw arguments of something else", { controlPlaneExecArgs: "--debug" }],
]);
