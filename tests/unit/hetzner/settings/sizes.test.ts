import { refuses, workers } from "./settings.ts";

const AUDIT_POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: None }]\n";

refuses([
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
]);
