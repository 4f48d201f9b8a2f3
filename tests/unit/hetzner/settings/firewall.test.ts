import { accepts, type Refused, refuses } from "./settings.ts";

refuses([
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
]);

accepts([
  [
    "a rule for everybody that opens nothing guarded",
    {
      extraFirewallRules: [{ direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] }],
    },
  ],
]);
