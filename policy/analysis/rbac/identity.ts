import { groupKey, userKey } from "./model.ts";

/** Somebody as the API server's authentication hands them to the authorizer. */
export interface Identity {
  /** Empty where only a group is asked about. */
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * Who a subject is.
 * @param subject a user name, `system:serviceaccount:NS:NAME`, or `group:NAME` for anyone in a group
 * @param groups exactly the groups they are in, as in a SubjectAccessReview; left out: the groups that authentication adds by itself
 */
export function identityOf(subject: string, groups?: readonly string[]): Identity {
  if (subject.startsWith("group:")) {
    const group = subject.slice("group:".length);
    return { user: "", groups: [...new Set([...(groups ?? [group, ...impliedByGroup(group)]), group])] };
  }
  return { user: subject, groups: groups ?? impliedByUser(subject) };
}

/** The keys under which bindings name somebody. */
export function keysOf({ user, groups }: Identity): string[] {
  return [...(user === "" ? [] : [userKey(user)]), ...groups.map(groupKey)];
}

function impliedByUser(user: string): string[] {
  if (user === "system:anonymous") return ["system:unauthenticated"];
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user) ?? [];
  return namespace === undefined
    ? ["system:authenticated"]
    : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
}

function impliedByGroup(group: string): string[] {
  if (group === "system:unauthenticated") return [];
  return group.startsWith("system:serviceaccounts:")
    ? ["system:serviceaccounts", "system:authenticated"]
    : ["system:authenticated"];
}
