import type { Random } from "../../random.ts";
import { spoil } from "./spoil.ts";
import {
  accounts,
  aggregatedNames,
  clusterRoleNames,
  defaultRoles,
  feedValues,
  feeds,
  groupNames,
  groups,
  names,
  namespaces,
  resources,
  roleNames,
  urls,
  users,
  verbs,
  wrongResources,
} from "./vocabulary.ts";

/** An RBAC object as somebody may write it, well or badly. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, unknown> };
  readonly [field: string]: unknown;
}

const apiVersion = "rbac.authorization.k8s.io/v1";

/** A random set of RBAC objects with names of its own; about one in twelve is one that the API server refuses. */
export function manifests(random: Random): Manifest[] {
  const roles = namespaces.flatMap((namespace) =>
    random.some(roleNames, 0, 2).map((name) => ({
      apiVersion,
      kind: "Role",
      metadata: { name, namespace },
      rules: rules(random, false),
    })),
  );
  const clusterRoles = random.some(clusterRoleNames, 3, 6).map((name) => ({
    apiVersion,
    kind: "ClusterRole",
    metadata: { name, ...labels(random) },
    rules: rules(random, true),
  }));
  const aggregated = random.some(aggregatedNames, 1, 3).map((name) => ({
    apiVersion,
    kind: "ClusterRole",
    metadata: { name, ...labels(random) },
    ...random.pick<object>([
      { aggregationRule: { clusterRoleSelectors: [selector(random), selector(random)] } },
      { aggregationRule: { clusterRoleSelectors: [selector(random)] }, rules: rules(random, true) },
      { aggregationRule: { clusterRoleSelectors: [selectsNothing] }, rules: rules(random, true) },
    ]),
  }));
  const bindings = Array.from({ length: random.between(4, 9) }, (_, index) => ({
    apiVersion,
    kind: "RoleBinding",
    metadata: { name: `binding-${String(index)}`, namespace: random.pick(namespaces) },
    roleRef: roleRef(random, true),
    subjects: subjects(random, true),
  }));
  const clusterBindings = Array.from({ length: random.between(1, 4) }, (_, index) => ({
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata: { name: `cluster-binding-${String(index)}` },
    roleRef: roleRef(random, false),
    subjects: subjects(random, false),
  }));
  return [...roles, ...clusterRoles, ...aggregated, ...bindings, ...clusterBindings].map((manifest) =>
    random.chance(0.08) ? spoil(random, manifest) : manifest,
  );
}

function rules(random: Random, cluster: boolean): unknown[] {
  return Array.from({ length: random.between(0, 3) }, () =>
    cluster && random.chance(0.2)
      ? { verbs: random.some(["get", "post", "*"], 1, 2), nonResourceURLs: random.some(urls, 1, 2) }
      : {
          verbs: random.some(verbs, 1, 4),
          apiGroups: random.some(groups, 1, 2),
          resources: random.some(random.chance(0.2) ? wrongResources : resources, 1, 3),
          ...(random.chance(0.35) && { resourceNames: random.some(names, 0, 2) }),
        },
  );
}

function labels(random: Random): { labels?: Record<string, unknown> } {
  const chosen = {
    ...(random.chance(0.6) && { [feeds]: random.pick(feedValues) }),
    ...(random.chance(0.2) && {
      [`rbac.authorization.k8s.io/aggregate-to-${random.pick(["view", "edit", "admin"])}`]: "true",
    }),
  };
  return Object.keys(chosen).length === 0 ? {} : { labels: chosen };
}

const selectsNothing = { matchLabels: { [feeds]: "nothing-wears-this" } };

function selector(random: Random): unknown {
  return random.pick([
    { matchLabels: { [feeds]: random.pick(feedValues) } },
    { matchExpressions: [{ key: feeds, operator: "In", values: random.some([...feedValues, "green"], 1, 2) }] },
    { matchExpressions: [{ key: feeds, operator: "Exists" }] },
    {
      matchExpressions: [
        { key: feeds, operator: "NotIn", values: [random.pick(feedValues)] },
        { key: "kubernetes.io/bootstrapping", operator: "DoesNotExist" },
      ],
    },
    { matchLabels: { "rbac.authorization.k8s.io/aggregate-to-edit": "true" } },
  ]);
}

function roleRef(random: Random, namespaced: boolean): unknown {
  const kind = namespaced && random.chance(0.6) ? "Role" : "ClusterRole";
  const known = kind === "Role" ? roleNames : [...clusterRoleNames, ...aggregatedNames, ...aggregatedNames];
  const name =
    kind === "ClusterRole" && random.chance(0.15) ? random.pick(defaultRoles) : random.pick([...known, "missing"]);
  return { ...(random.chance(0.9) && { apiGroup: "rbac.authorization.k8s.io" }), kind, name };
}

function subjects(random: Random, namespaced: boolean): unknown[] {
  return Array.from({ length: random.between(0, 3) }, () =>
    random.pick([
      { kind: "User", name: random.pick(users) },
      { kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: random.pick(groupNames.slice(0, -1)) },
      {
        kind: "ServiceAccount",
        name: random.pick(accounts),
        ...((!namespaced || random.chance(0.5)) && { namespace: random.pick(namespaces) }),
      },
    ]),
  );
}
