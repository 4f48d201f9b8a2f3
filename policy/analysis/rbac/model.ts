import type { Selector } from "../selector.ts";

/** One rule of a Role or ClusterRole, as the API server stores it. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: every name. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** A Role or ClusterRole. */
export interface Role {
  /** `Role ns/name` or `ClusterRole name`: what a binding refers to, and what a path shows. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As written; what an aggregated ClusterRole gathers is worked out in aggregation.ts. */
  readonly rules: readonly Rule[];
  /** The selectors of an aggregated ClusterRole; undefined for every other role. */
  readonly aggregates: readonly Selector[] | undefined;
}

/** A RoleBinding or ClusterRoleBinding. */
export interface Binding {
  /** `RoleBinding ns/name` or `ClusterRoleBinding name`. */
  readonly id: string;
  /** Where it grants; empty: in every namespace and outside of them. */
  readonly namespace: string;
  /** The id of the role it grants. */
  readonly role: string;
  /** Who holds it: see {@link userKey} and {@link groupKey}. */
  readonly holders: readonly string[];
}

/** A user among the holders of a binding. A ServiceAccount is one: the API server knows it by its user name. */
export function userKey(name: string): string {
  return `user:${name}`;
}

/** A group among the holders of a binding. */
export function groupKey(name: string): string {
  return `group:${name}`;
}

/** The user name of a ServiceAccount. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
