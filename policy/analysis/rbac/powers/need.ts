/** A permission that a power takes. One verb on one of the resources is enough. */
export interface Need {
  readonly verbs: readonly string[];
  /** API group; empty: the core group. */
  readonly group: string;
  /** `resource` or `resource/subresource`. */
  readonly resources: readonly string[];
  /** Set for what lies outside of namespaces: only a ClusterRoleBinding grants it. */
  readonly clusterScoped?: true;
  /** Of the names that a rule may be restricted to, those that give the power; left out: any. */
  readonly names?: readonly string[] | "secrets of the database";
}

/** Way past one of the layers that guard the database. */
export interface Power {
  readonly name: string;
  /** What somebody who has it can do, for people. */
  readonly gives: string;
  /** Ways to have it. All needs of a way must be met in one namespace; the first says what the power is over. */
  readonly ways: readonly (readonly Need[])[];
}

type Restriction = Pick<Need, "names">;

/** A permission on resources of a namespace. */
export function on(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  more: Restriction = {},
): Need {
  return { group, resources, verbs, ...more };
}

/** A permission on resources outside of namespaces. */
export function onCluster(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  more: Restriction = {},
): Need {
  return { group, resources, verbs, clusterScoped: true, ...more };
}
