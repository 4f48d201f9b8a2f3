import type { Mutant } from "./mutant.ts";
import type { Role } from "./stack.ts";

const ownSecret = "myapp get secrets pg-app-credentials";

function can(change: "gained" | "lost", what: string): string {
  return `can ${change}: ${what}`;
}

function power(name: string, object = ""): string {
  return `power gained: system:serviceaccount:production:myapp: ${name} in production${object}`;
}

const everyPowerInANamespace = [
  ...["bind", "change-workloads", "command-operator", "enter-pods", "escalate", "forge-addresses", "forward-ports"],
  ...["impersonate", "install-charts", "label-namespaces", "label-pods", "mint-tokens", "move-backups", "read-secrets"],
  ...["redirect-clients", "run-pods", "write-network-policies", "write-secrets"],
];

/** A change to the one rule of the client's Role. */
const rule = (name: string, finding: readonly string[], change: (rule: Role["rules"][number]) => void): Mutant => ({
  name,
  change: ({ role }) => {
    role.rules.forEach(change);
  },
  finding,
});

/** One rule more in the client's Role. */
const more = (name: string, finding: readonly string[], added: Role["rules"][number]): Mutant => ({
  name,
  change: ({ role }) => {
    role.rules.push(added);
  },
  finding,
});

/** What the client's Role and RoleBinding grant, narrowed and widened. */
export const rbacMutants: readonly Mutant[] = [
  rule("the Role is for every Secret", [can("gained", "myapp get secrets pg-ca"), power("read-secrets")], (one) => {
    delete one.resourceNames;
  }),
  rule("the list of names is empty", [can("gained", "myapp get secrets pg-ca"), power("read-secrets")], (one) => {
    one.resourceNames = [];
  }),
  rule(
    "the Role is for another Secret",
    [can("gained", "myapp get secrets pg-ca"), can("lost", ownSecret), power("read-secrets", "/pg-ca")],
    (one) => {
      one.resourceNames = ["pg-ca"];
    },
  ),
  rule("the Role grants every verb", [power("mint-tokens", "/pg-app-credentials")], (one) => {
    one.verbs = ["*"];
  }),
  rule("the Role does not grant get", [can("lost", ownSecret)], (one) => {
    one.verbs = ["watch"];
  }),
  rule("the Role is for another group", [can("lost", ownSecret)], (one) => {
    one.apiGroups = ["apps"];
  }),
  more("the client may list Secrets", [can("gained", "myapp list secrets"), power("read-secrets")], {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["list"],
  }),
  more("the client may make pods", [can("gained", "myapp create pods"), power("run-pods")], {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["create"],
  }),
  more("the client may run commands in pods", [power("enter-pods")], {
    apiGroups: [""],
    resources: ["pods/exec"],
    verbs: ["create", "get"],
  }),
  more("the client may write policies", [power("write-network-policies")], {
    apiGroups: ["networking.k8s.io"],
    resources: ["networkpolicies"],
    verbs: ["patch"],
  }),
  more("the client may change the database", [power("command-operator")], {
    apiGroups: ["postgresql.cnpg.io"],
    resources: ["clusters"],
    verbs: ["patch"],
  }),
  {
    name: "the binding is for another ServiceAccount",
    change: ({ binding }) => {
      for (const subject of binding.subjects) subject.name = "default";
    },
    finding: [can("gained", "default get secrets pg-app-credentials"), can("lost", ownSecret)],
  },
  {
    name: "the binding is for every ServiceAccount of the namespace",
    change: ({ binding, namespace }) => {
      binding.subjects.push({ kind: "Group", name: `system:serviceaccounts:${namespace}` });
    },
    finding: [can("gained", "default get secrets pg-app-credentials")],
  },
  {
    name: "the binding grants everything",
    change: ({ binding }) => {
      binding.roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
    },
    finding: [
      ...["create pods", "get secrets pg-ca", "list secrets"].map((what) => can("gained", `myapp ${what}`)),
      ...everyPowerInANamespace.map((name) => power(name)),
    ],
  },
];
