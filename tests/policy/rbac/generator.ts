import type { Question } from "../../../policy/analysis/rbac/index.ts";
import type { Random } from "../random.ts";

/** An RBAC object as somebody may write it, well or badly. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, unknown> };
  readonly [field: string]: unknown;
}

export const namespaces = ["prod", "prod-2", "dev"];

const apiVersion = "rbac.authorization.k8s.io/v1";
const verbs = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "bind",
  "escalate",
  "use",
  "*",
  "Get",
];
const groups = ["", "apps", "batch", "networking.k8s.io", "postgresql.cnpg.io", "*", "*.cnpg.io", "core"];
const resources = [
  "pods",
  "pods/exec",
  "*/exec",
  "secrets",
  "deployments",
  "deployments/scale",
  "*/scale",
  "clusters",
  "serviceaccounts/token",
  "*",
];
const wrongResources = ["p*ds", "Secrets", "pods/*", "*/*", "exec", "/exec", "secret", "*/scal", ""];
const names = ["pg", "pg-app", "pg-app-credentials", ""];
const urls = ["/metrics", "/healthz", "/healthz/*", "/heal*", "/*", "*", "/api**", "/a*/b", "/logs/"];
const askedUrls = [
  "/metrics",
  "/metrics/",
  "/healthz",
  "/healthz/etcd",
  "/healthz*",
  "/api",
  "/apis",
  "/a/b",
  "/a*/b",
  "/logs",
  "/logs/x",
  "/version",
];
const roleNames = ["app", "pg", "reader", "writer"];
const clusterRoleNames = ["app", "reader", "writer", "wide", "cnpg-view", "cnpg-edit"];
const defaultRoles = ["view", "edit", "admin", "cluster-admin", "system:discovery"];
const accounts = ["app", "default", "worker"];
const feeds = "example.com/feeds";
const feedValues = ["red", "blue"];
const aggregatedNames = ["sum-a", "sum-b", "sum-c"];

const users = ["jane", "bob", "system:serviceaccount:prod:app", "system:anonymous", "dev"];
const groupNames = [
  ...["dev", "ops", "jane", "system:authenticated", "system:unauthenticated", "system:serviceaccounts"],
  ...["system:serviceaccounts:prod", "system:serviceaccounts:prod-2", "system:masters"],
];

/** A random set of RBAC objects with names of its own; about one in twenty is one that the API server refuses. */
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
    aggregationRule: { clusterRoleSelectors: Array.from({ length: random.between(1, 2) }, () => selector(random)) },
    ...(random.chance(0.4) && { rules: rules(random, true) }),
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
    random.chance(0.05) ? spoil(random, manifest) : manifest,
  );
}

/** A random question; two in three are aimed at what a binding of the set grants, and miss it at most by a little. */
export function question(random: Random, set: readonly Manifest[]): Question {
  const subject = random.pick(["jane", "bob", "system:anonymous", "group:dev", "group:ops", ...accountNames()]);
  const stray: Question = random.chance(0.15)
    ? { subject, verb: random.pick(["get", "post", "list"]), url: random.pick(askedUrls) }
    : {
        subject,
        verb: random.pick(verbs),
        namespace: random.pick(["", ...namespaces]),
        group: random.pick(groups),
        ...resource(random, random.pick([...resources, ...wrongResources])),
        name: random.pick(names),
      };
  const aimed = random.chance(0.67) ? aim(random, set) : undefined;
  const missed = aimed !== undefined && random.chance(0.3) ? random.pick(Object.keys(aimed)) : undefined;
  const asked = {
    ...(aimed ?? stray),
    ...(missed !== undefined && missed in stray && { [missed]: stray[missed as keyof Question] }),
  };
  return random.chance(0.1) ? { ...asked, groups: random.some(groupNames, 1, 3) } : asked;
}

interface GeneratedRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface GeneratedBinding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

/** A question that a rule of the set answers with yes, unless the set holds it back in some way. */
function aim(random: Random, set: readonly Manifest[]): Question | undefined {
  const bindings = set.filter(
    ({ subjects }) => Array.isArray(subjects) && subjects.length > 0,
  ) as unknown as GeneratedBinding[];
  const granting = bindings
    .map((binding) => ({ ...binding, rules: rulesBoundBy(binding, set) }))
    .filter(({ rules }) => rules.length > 0);
  if (granting.length === 0) return undefined;
  const { metadata, subjects, rules } = random.pick(granting);
  const { kind, name, namespace = metadata.namespace ?? "" } = random.pick(subjects);
  const rule = random.pick(rules);
  const users: Record<string, string> = {
    Group: `group:${name}`,
    ServiceAccount: `system:serviceaccount:${namespace}:${name}`,
  };
  const subject = users[kind] ?? name;
  const verb = random.pick(rule.verbs).replace("*", "impersonate");
  if (rule.nonResourceURLs !== undefined)
    return { subject, verb, url: random.pick(rule.nonResourceURLs).replaceAll("*", "") };
  return {
    subject,
    verb,
    namespace: metadata.namespace ?? random.pick(["", ...namespaces]),
    group: random.pick(rule.apiGroups ?? groups).replace(/^\*$/, "apps"),
    ...resource(random, random.pick(rule.resources ?? [])),
    name: random.pick(rule.resourceNames?.length ? rule.resourceNames : names),
  };
}

/** The rules of the role that a binding names; for an aggregated one, those of every ClusterRole that may feed it. */
function rulesBoundBy({ metadata, roleRef }: GeneratedBinding, set: readonly Manifest[]): GeneratedRule[] {
  return set
    .filter((role) => role.kind === roleRef.kind && role.metadata.name === roleRef.name)
    .filter((role) => role.kind === "ClusterRole" || role.metadata.namespace === metadata.namespace)
    .flatMap((role) => ("aggregationRule" in role ? set.filter(({ kind }) => kind === "ClusterRole") : [role]))
    .flatMap((role) => (Array.isArray(role["rules"]) ? (role["rules"] as GeneratedRule[]) : []))
    .filter((rule) => [rule.verbs, rule.resources ?? rule.nonResourceURLs].every((list) => Array.isArray(list)));
}

function resource(random: Random, pattern: string): { resource: string; subresource: string } {
  const [resource = "", subresource = ""] = pattern.split("/");
  return {
    resource: resource === "*" ? random.pick(["pods", "secrets", "deployments", "clusters"]) : resource,
    subresource,
  };
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

function selector(random: Random): unknown {
  return random.pick([
    { matchLabels: { [feeds]: random.pick(feedValues) } },
    { matchExpressions: [{ key: feeds, operator: "In", values: random.some([...feedValues, "green"], 1, 2) }] },
    { matchExpressions: [{ key: feeds, operator: "Exists" }] },
    { matchLabels: { [feeds]: "nothing-wears-this" } },
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
  const known = kind === "Role" ? roleNames : [...clusterRoleNames, ...aggregatedNames];
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

function spoil(random: Random, manifest: Manifest): Manifest {
  const isBinding = manifest.kind.endsWith("Binding");
  return {
    ...manifest,
    ...random.pick<Record<string, unknown>>(
      isBinding
        ? [
            { roleRef: { kind: "role", name: "app" } },
            { roleRef: { kind: manifest.kind === "RoleBinding" ? "Cluster" : "Role", name: "app" } },
            { roleRef: { apiGroup: "v1", kind: "ClusterRole", name: "app" } },
            {
              subjects: [
                { kind: "User", name: "jane" },
                { kind: "user", name: "jane" },
              ],
            },
            { subjects: [{ kind: "Group", apiGroup: "v1", name: "dev" }] },
            { subjects: [{ kind: "ServiceAccount", name: "App", namespace: "prod" }] },
            { subjects: [{ kind: "User", name: 7 }] },
          ]
        : [
            { rules: [{ apiGroups: [""], resources: ["pods"] }] },
            { rules: [{ verbs: ["get"], resources: ["pods"] }] },
            { rules: [{ verbs: ["get"], apiGroups: [""] }] },
            { rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"], nonResourceURLs: ["/metrics"] }] },
            { rules: [{ verbs: "get", apiGroups: [""], resources: ["pods"] }] },
            { metadata: { ...manifest.metadata, labels: { [feeds]: true } } },
            ...(manifest.kind === "Role"
              ? [{ rules: [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }] }]
              : [
                  { aggregationRule: {} },
                  {
                    aggregationRule: {
                      clusterRoleSelectors: [{ matchExpressions: [{ key: feeds, operator: "in", values: ["red"] }] }],
                    },
                  },
                  {
                    aggregationRule: {
                      clusterRoleSelectors: [
                        { matchExpressions: [{ key: feeds, operator: "Exists", values: ["red"] }] },
                      ],
                    },
                  },
                ]),
          ],
    ),
  };
}

function accountNames(): string[] {
  return namespaces.flatMap((namespace) => accounts.map((name) => `system:serviceaccount:${namespace}:${name}`));
}
