import { parseManifests } from "../../../policy/analysis/load/index.ts";
import type { KubeObject } from "../../../policy/analysis/objects.ts";

const apiVersion = "rbac.authorization.k8s.io/v1";

/** A rule as it is written, with the core group as default. */
export interface WrittenRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The user name of the ServiceAccount `app` in `prod`. */
export const app = "system:serviceaccount:prod:app";

/** Reads manifests as a file of them is read. */
export function objectsOf(...manifests: readonly object[]): readonly KubeObject[] {
  return parseManifests(JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }), "test.json").objects;
}

export function role(namespace: string, name: string, ...rules: readonly WrittenRule[]): object {
  return { apiVersion, kind: "Role", metadata: { namespace, name }, rules: rules.map(written) };
}

export function clusterRole(name: string, rules: readonly WrittenRule[], labels: Record<string, unknown> = {}): object {
  return { apiVersion, kind: "ClusterRole", metadata: { name, labels }, rules: rules.map(written) };
}

export function aggregated(name: string, selectors: readonly object[], more: object = {}): object {
  return {
    apiVersion,
    kind: "ClusterRole",
    metadata: { name },
    aggregationRule: { clusterRoleSelectors: selectors },
    ...more,
  };
}

export function roleBinding(namespace: string, name: string, to: string, ...subjects: readonly object[]): object {
  return { apiVersion, kind: "RoleBinding", metadata: { namespace, name }, roleRef: reference(to), subjects };
}

export function clusterRoleBinding(name: string, to: string, ...subjects: readonly object[]): object {
  return { apiVersion, kind: "ClusterRoleBinding", metadata: { name }, roleRef: reference(to), subjects };
}

export function user(name: string): object {
  return { kind: "User", name };
}

export function group(name: string): object {
  return { kind: "Group", name };
}

export function account(name: string, namespace?: string): object {
  return { kind: "ServiceAccount", name, ...(namespace !== undefined && { namespace }) };
}

/** A Role in `prod` with these rules, bound to the ServiceAccount `app`. */
export function grantedToApp(...rules: readonly WrittenRule[]): readonly KubeObject[] {
  return objectsOf(role("prod", "r", ...rules), roleBinding("prod", "b", "Role r", account("app")));
}

/** A ClusterRole with these rules, bound to the ServiceAccount `app` in the whole cluster. */
export function grantedToAppEverywhere(...rules: readonly WrittenRule[]): readonly KubeObject[] {
  return objectsOf(clusterRole("r", rules), clusterRoleBinding("b", "ClusterRole r", account("app", "prod")));
}

function written(rule: WrittenRule): object {
  return rule.nonResourceURLs === undefined ? { apiGroups: [""], ...rule } : rule;
}

function reference(to: string): object {
  const [kind, name] = to.split(" ");
  return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}
