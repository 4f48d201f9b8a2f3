import { accepts, type Refused, refuses, server, workers } from "./settings.ts";

refuses([
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
]);

accepts([
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
    "servers where their types are",
    {
      networkRegion: "us-east",
      controlPlaneNodepools: [{ ...server, location: "ash", serverType: "cpx31" }],
      agentNodepools: [{ ...workers, location: "ash", serverType: "ccx23" }],
    },
  ],
]);
