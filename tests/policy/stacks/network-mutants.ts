import type { Mutant } from "./mutant.ts";
import { addPolicy, peerFor, policiesWith, removeRule, ruleFor, type Stack } from "./stack.ts";
import { client, instances, jobs, lockedOut, networkOpen, notIsolated, operator, strangers } from "./words.ts";

const app = "app=myapp";
const operatorLabel = "app.kubernetes.io/name=cloudnative-pg";
const own = "cnpg.io/cluster=pg";

const appRule = (stack: Stack) => ruleFor(stack, 5432, app);
const statusRule = (stack: Stack) => ruleFor(stack, 8000, operatorLabel);
const ownPods = { matchLabels: { "cnpg.io/cluster": "pg" } };

const lookalike = `pods (${operatorLabel}) in production`;
const peersCut = [
  `lost: ${instances} 5432: lifeline`,
  `lost: ${instances} 8000: lifeline`,
  `lost: ${jobs} 5432: lifeline`,
];

/** Rules, peers, ports and selectors that are taken away, narrowed and widened. */
export const networkMutants: readonly Mutant[] = [
  {
    name: "the client's rule is gone",
    change: (s) => {
      removeRule(s, appRule(s));
    },
    finding: lockedOut,
  },
  {
    name: "the client's rule is for another port",
    change: (s) => {
      appRule(s).ports = [{ protocol: "TCP", port: 5433 }];
    },
    finding: lockedOut,
  },
  {
    name: "the client's rule is for another protocol",
    change: (s) => {
      appRule(s).ports = [{ protocol: "UDP", port: 5432 }];
    },
    finding: lockedOut,
  },
  {
    name: "the client's label is in other letters",
    change: (s) => {
      peerFor(s, 5432, app).podSelector = { matchLabels: { app: "MyApp" } };
    },
    finding: [...lockedOut, "changed: pods (app=MyApp) in production 5432: closed -> network-only"],
  },
  {
    name: "the client's rule asks for one label more",
    change: (s) => {
      peerFor(s, 5432, app).podSelector = { matchLabels: { app: "myapp", tier: "web" } };
    },
    finding: lockedOut,
  },
  {
    name: "the client's rule names nobody",
    change: (s) => {
      delete appRule(s).from;
    },
    finding: networkOpen,
  },
  {
    name: "the client's rule names every pod of the namespace",
    change: (s) => {
      peerFor(s, 5432, app).podSelector = {};
    },
    finding: ["changed: any other pod in production 5432: closed -> network-only"],
  },
  {
    name: "the client's rule names its label in every namespace",
    change: (s) => {
      peerFor(s, 5432, app).namespaceSelector = {};
    },
    finding: ["changed: pods (app=myapp) 5432: closed -> network-only"],
  },
  {
    name: "the client's rule opens every port",
    change: (s) => {
      delete appRule(s).ports;
    },
    finding: [`gained: ${client} 8000: open`, `gained: ${client} 9187: open`],
  },
  {
    name: "the client's rule opens a range",
    change: (s) => {
      appRule(s).ports = [{ protocol: "TCP", port: 5432, endPort: 9000 }];
    },
    finding: [`gained: ${client} 8000: open`],
  },
  {
    name: "a dash too many parts the client's peer from its port",
    change: (s) => {
      const rule = appRule(s);
      for (const { spec } of policiesWith(s, rule)) spec.ingress?.push({ ports: rule.ports ?? [] });
      delete rule.ports;
    },
    finding: [...networkOpen, `gained: ${client} 8000: open`, `gained: ${client} 9187: open`],
  },
  {
    name: "the operator's peer is gone",
    change: (s) => {
      const rule = statusRule(s);
      rule.from = rule.from?.filter((peer) => peer !== peerFor(s, 8000, operatorLabel)) ?? [];
    },
    finding: [`lost: ${operator} 8000: lifeline`],
  },
  {
    name: "the operator is looked for in the database's namespace",
    change: (s) => {
      delete peerFor(s, 8000, operatorLabel).namespaceSelector;
    },
    finding: [`lost: ${operator} 8000: lifeline`, `gained: ${lookalike} 8000: open`],
  },
  {
    name: "the operator's namespace is let in whole",
    change: (s) => {
      delete peerFor(s, 8000, operatorLabel).podSelector;
    },
    finding: ["gained: any pod in cnpg-system 8000: open"],
  },
  {
    name: "a dash too many parts the operator's namespace from its label",
    change: (s) => {
      const { namespaceSelector, podSelector } = peerFor(s, 8000, operatorLabel);
      const others = statusRule(s).from?.filter((peer) => peer !== peerFor(s, 8000, operatorLabel)) ?? [];
      statusRule(s).from = [
        ...others,
        ...(podSelector === undefined ? [] : [{ podSelector }]),
        ...(namespaceSelector === undefined ? [] : [{ namespaceSelector }]),
      ];
    },
    finding: ["gained: any pod in cnpg-system 8000: open", `gained: ${lookalike} 8000: open`],
  },
  {
    name: "the status port is open to everybody",
    change: (s) => {
      statusRule(s).from = [];
    },
    finding: [...[...strangers, client].map((who) => `gained: ${who} 8000: open`), `gained: ${jobs} 8000: lifeline`],
  },
  {
    name: "the status port is open to addresses outside",
    change: (s) => {
      statusRule(s).from?.push({ ipBlock: { cidr: "0.0.0.0/0" } });
    },
    finding: [
      "gained: anyone outside the cluster 8000: open",
      ...[...strangers.slice(0, 2), client, jobs].map((who) => `gained: ${who} 8000: undecided`),
    ],
  },
  {
    name: "the instances do not reach each other's PostgreSQL",
    change: (s) => {
      removeRule(s, ruleFor(s, 5432, own));
    },
    finding: [`lost: ${instances} 5432: lifeline`, `lost: ${jobs} 5432: lifeline`],
  },
  {
    name: "only instances reach PostgreSQL, and not the Jobs that make them",
    change: (s) => {
      peerFor(s, 5432, own).podSelector = { matchLabels: { "cnpg.io/cluster": "pg", "cnpg.io/podRole": "instance" } };
    },
    finding: [`lost: ${jobs} 5432: lifeline`],
  },
  {
    name: "the instances do not reach each other's status",
    change: (s) => {
      const rule = statusRule(s);
      rule.from = rule.from?.filter((peer) => peer !== peerFor(s, 8000, own)) ?? [];
    },
    finding: [`lost: ${instances} 8000: lifeline`],
  },
  {
    name: "every policy selects another cluster",
    change: (s) => {
      for (const { spec } of s.policies) spec.podSelector = { matchLabels: { "cnpg.io/cluster": "gp" } };
    },
    finding: notIsolated,
  },
  {
    name: "every policy isolates egress instead",
    change: (s) => {
      for (const { spec } of s.policies) spec.policyTypes = ["Egress"];
    },
    finding: [
      // What isolates the database's egress keeps its own pods from each other.
      ...notIsolated.filter((line) => !line.includes("peer")),
      ...peersCut,
    ],
  },
  {
    name: "another policy lets everybody in",
    change: (s) => {
      addPolicy(s, { podSelector: ownPods, ingress: [{}] });
    },
    finding: notIsolated,
  },
  {
    name: "another policy lets nothing out of the database",
    change: (s) => {
      addPolicy(s, { podSelector: ownPods, policyTypes: ["Egress"] });
    },
    finding: peersCut,
  },
  {
    name: "another policy lets nothing out of the client",
    change: (s) => {
      addPolicy(s, { podSelector: { matchLabels: { app: "myapp" } }, policyTypes: ["Egress"], egress: [] });
    },
    finding: lockedOut,
  },
  {
    name: "another policy would let everybody in, but is none",
    change: (s) => {
      addPolicy(s, { podSelector: ownPods, policyTypes: ["ingress"], ingress: [{}] });
    },
    finding: [
      'problem: NetworkPolicy production/added would be refused: policyTypes holds "ingress", expected Ingress or Egress',
    ],
  },
];
