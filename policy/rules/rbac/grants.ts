import { groupBy } from "../../analysis/group-by.ts";
import { remember } from "../../analysis/network/remember.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { authorizer, type Grant } from "../../analysis/rbac/index.ts";
import { allows } from "../../analysis/rbac/match.ts";
import type { Rule } from "../../analysis/rbac/model.ts";
import { idOf } from "../../analysis/rbac/read.ts";
import type { StackFinding } from "../rule.ts";
import type { Stack } from "../stack.ts";

export const rbacOf = remember((stack: Stack) => authorizer(stack.objects));

/** Whether a rule allows a verb on a Secret; without a name, on some. */
export function grantsSecret(rule: Rule, namespace: string, verb: string, name?: string): boolean {
  const asked = name === undefined ? { ...rule, resourceNames: [] } : rule;
  return allows(asked, { verb, namespace, group: "", resource: "secrets", subresource: "", name: name ?? "" });
}

/** Whether a rule is about resources of CloudNativePG or its plugins. */
export function concernsOperator({ apiGroups, resources }: Rule): boolean {
  if (apiGroups.some((group) => group.endsWith(".cnpg.io"))) return resources.length > 0;
  if (!apiGroups.includes("*")) return false;
  return resources.some((resource) => resource.startsWith("*") || operatorResources.has(resource.replace(/\/.*/, "")));
}

const operatorResources = new Set([
  "backups",
  "clusterimagecatalogs",
  "clusters",
  "databaseroles",
  "databases",
  "failoverquorums",
  "imagecatalogs",
  "objectstores",
  "poolers",
  "publications",
  "scheduledbackups",
  "subscriptions",
]);

/** One finding for everything that somebody comes by in one way, about the role or else the binding that gives it. */
export function findingsByPath<T extends { readonly path: readonly string[] }>(
  stack: Stack,
  held: readonly T[],
  describe: (held: readonly T[], way: string) => string,
): readonly StackFinding[] {
  return [...groupBy(held, ({ path }) => path.join(" -> "))].map(([way, same]) => {
    const ids = (same[0]?.path ?? []).toReversed();
    const subject = ids.flatMap((id) => rbacObjects(stack).get(id) ?? [])[0];
    return { message: describe(same, way), ...(subject && { subject }) };
  });
}

const rbacObjects = remember((stack: Stack): ReadonlyMap<string, KubeObject> => {
  const own = stack.objects.filter(({ apiVersion }) => apiVersion.startsWith("rbac.authorization.k8s.io/"));
  return new Map(own.map((object) => [idOf(object.kind, object.namespace, object.name), object]));
});

/** Where a grant holds, in words. */
export function placeOf({ namespace }: Pick<Grant, "namespace">): string {
  return namespace === "" ? "every namespace" : namespace;
}
