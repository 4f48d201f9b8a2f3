import { client as exampleClient } from "./workload.ts";

/** Something one could ask of the API server; several verbs, names or subresources are asked one by one. */
export interface Question {
  /** How the row names it. */
  what: string;
  group?: string;
  resource: string;
  subresource?: string;
  verbs: string[];
  names?: string[];
  expected: "allowed" | "denied";
}

/** Every verb there is for an ordinary resource. */
export const everyVerb = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const changing = ["create", "update", "patch", "delete", "deletecollection"];
const rbac = "rbac.authorization.k8s.io";

/** What the client's ServiceAccount may not do in the database's namespace, and the one thing it may. */
export function questions(otherSecrets: string[]): Question[] {
  const denied = (what: string, resource: string, verbs: string[], more: Partial<Question> = {}): Question => ({
    what,
    resource,
    verbs,
    expected: "denied",
    ...more,
  });
  const pod = (subresource: string, verbs: string[]) => denied(`pods/${subresource}`, "pods", verbs, { subresource });
  return [
    {
      what: `Secret ${exampleClient.secret}`,
      resource: "secrets",
      verbs: ["get"],
      names: [exampleClient.secret],
      expected: "allowed",
    },
    denied(`Secret ${exampleClient.secret}`, "secrets", ["update", "patch", "delete"], {
      names: [exampleClient.secret],
    }),
    denied("all Secrets", "secrets", ["list", "watch", "create", "deletecollection"]),
    denied(`${String(otherSecrets.length)} other Secrets`, "secrets", ["get"], { names: otherSecrets }),
    denied("ConfigMaps", "configmaps", everyVerb),
    denied("Pods", "pods", everyVerb),
    pod("exec", ["get", "create"]),
    pod("attach", ["get", "create"]),
    pod("portforward", ["get", "create"]),
    pod("ephemeralcontainers", ["update", "patch"]),
    pod("log", ["get"]),
    ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((resource) =>
      denied(resource, resource, changing, { group: "apps" }),
    ),
    ...["jobs", "cronjobs"].map((resource) => denied(resource, resource, changing, { group: "batch" })),
    denied("ServiceAccounts", "serviceaccounts", [...changing, "impersonate"]),
    denied("tokens of its own", "serviceaccounts", ["create"], {
      subresource: "token",
      names: [exampleClient.serviceAccount],
    }),
    denied("NetworkPolicies", "networkpolicies", everyVerb, { group: "networking.k8s.io" }),
    denied("Roles", "roles", [...changing, "bind", "escalate"], { group: rbac }),
    denied("RoleBindings", "rolebindings", changing, { group: rbac }),
    denied("ClusterRoles", "clusterroles", [...changing, "bind", "escalate"], { group: rbac }),
    denied("Namespaces", "namespaces", changing),
    denied("Leases", "leases", everyVerb, { group: "coordination.k8s.io" }),
  ];
}
