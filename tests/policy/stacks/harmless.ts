import { addPolicy, peerFor, policiesWith, ruleFor, type LabelSelector, type Stack } from "./stack.ts";

/** A change to a stack that changes nothing. */
export interface Harmless {
  readonly name: string;
  readonly change: (stack: Stack) => void;
}

const appRule = (stack: Stack) => ruleFor(stack, 5432, "app=myapp");
const statusRule = (stack: Stack) => ruleFor(stack, 8000, "app.kubernetes.io/name=cloudnative-pg");

const lines = (name: string, ...pg_hba: string[]): Harmless => ({
  name,
  change: ({ cluster }) => {
    cluster.spec.postgresql.pg_hba = pg_hba;
  },
});
const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const reject = "host all all all reject";

export const harmless: readonly Harmless[] = [
  { name: "the objects stand in another order", change: ({ objects }) => void objects.reverse() },
  {
    name: "the rules stand in another order",
    change: ({ policies }) => {
      policies.forEach(({ spec }) => spec.ingress?.reverse());
    },
  },
  { name: "the peers stand in another order", change: (s) => void statusRule(s).from?.reverse() },
  {
    name: "the default protocol is left out",
    change: ({ policies }) => {
      for (const port of policies.flatMap(({ spec }) => spec.ingress ?? []).flatMap(({ ports = [] }) => ports)) {
        delete port.protocol;
      }
    },
  },
  {
    name: "the default policyTypes are left out",
    change: ({ policies }) => {
      for (const { spec } of policies) delete spec.policyTypes;
    },
  },
  {
    name: "a port is a range of one",
    change: (s) => {
      appRule(s).ports = [{ protocol: "TCP", port: 5432, endPort: 5432 }];
    },
  },
  {
    name: "labels are asked for by expressions",
    change: ({ policies }) => {
      for (const { spec } of policies) spec.podSelector = asExpressions(spec.podSelector);
    },
  },
  {
    name: "a policy is split, one rule in each",
    change: (s) => {
      for (const policy of policiesWith(s, statusRule(s))) {
        const { ingress = [], ...rest } = policy.spec;
        ingress.slice(1).forEach((rule, index) => {
          addPolicy(s, { ...rest, ingress: [rule] } as never, `part-${String(index)}`);
        });
        policy.spec.ingress = ingress.slice(0, 1);
      }
    },
  },
  {
    name: "a rule is split, one peer in each",
    change: (s) => {
      const rule = statusRule(s);
      const { from = [], ports = [] } = rule;
      for (const { spec } of policiesWith(s, rule)) {
        spec.ingress =
          spec.ingress?.flatMap((one) => (one === rule ? from.map((peer) => ({ from: [peer], ports })) : [one])) ?? [];
      }
    },
  },
  {
    name: "a rule is there twice",
    change: (s) => {
      const rule = appRule(s);
      for (const { spec } of policiesWith(s, rule)) spec.ingress?.push(rule);
    },
  },
  {
    name: "a narrower peer stands beside the client's",
    change: (s) => {
      peerFor(s, 5432, "app=myapp");
      appRule(s).from?.push({ podSelector: { matchLabels: { app: "myapp", tier: "web" } } });
    },
  },
  {
    name: "a policy isolates another database",
    change: (s) => {
      addPolicy(s, { podSelector: { matchLabels: { "cnpg.io/cluster": "other" } }, ingress: [{}] });
    },
  },
  {
    name: "a policy isolates the database once more",
    change: (s) => {
      addPolicy(s, { podSelector: {}, policyTypes: ["Ingress"], ingress: [] });
    },
  },
  {
    name: "a policy lets everything out",
    change: (s) => {
      addPolicy(s, { podSelector: {}, policyTypes: ["Egress"], egress: [{}] });
    },
  },
  lines("the lines are spaced otherwise", allow.replaceAll(" ", "\t  "), `  ${reject}  `),
  lines("the lines have comments", `${allow} # the client`, "# nobody else", reject),
  lines("a name stands in quotes", allow.replace(" app ", ' "app" '), reject),
  lines("a line is there twice", allow, allow, reject),
  lines("a line comes too late", allow, reject, "host all all all trust"),
  lines("a line is narrower than one before it", allow, "hostssl app app_user ${podselector:app} reject", reject),
  {
    name: "a reference that no line uses",
    change: ({ cluster }) => {
      cluster.spec.podSelectorRefs.unshift({ name: "spare", selector: {} });
    },
  },
  {
    name: "verbs and names are there twice",
    change: ({ role }) => {
      for (const rule of role.rules) {
        rule.verbs = [...rule.verbs, ...rule.verbs];
        rule.resourceNames = [...(rule.resourceNames ?? []), ...(rule.resourceNames ?? [])];
      }
    },
  },
  {
    name: "a rule grants what does not exist",
    change: ({ role }) => {
      role.rules.push({ apiGroups: ["apps"], resources: ["secrets", "Secrets"], verbs: ["*"] });
    },
  },
  {
    name: "create is granted by name, which means nothing",
    change: ({ role }) => {
      role.rules.push({ apiGroups: [""], resources: ["pods"], resourceNames: ["one"], verbs: ["create"] });
    },
  },
  {
    name: "a Role that is not bound",
    change: ({ objects, role }) => {
      const rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
      objects.push({ ...role, metadata: { ...role.metadata, name: "unbound" }, rules });
    },
  },
  {
    name: "the ServiceAccount is written as a user",
    change: ({ binding, namespace }) => {
      binding.subjects = [{ kind: "User", name: `system:serviceaccount:${namespace}:myapp` }];
    },
  },
];

function asExpressions({ matchLabels = {} }: LabelSelector): LabelSelector {
  return {
    matchExpressions: Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In", values: [value] })),
  };
}
