import { takeInventory } from "../../analysis/rbac/inventory.ts";
import type { Role, Rule } from "../../analysis/rbac/model.ts";
import type { StackFinding, StackRule } from "../rule.ts";
import { clientSecrets } from "./client-secrets.ts";

/** A star also stands for what the next version of the operator brings. */
export const noWildcardRoles: StackRule = {
  scope: "stack",
  name: "no-wildcard-roles",
  level: "advisory",
  severity: "medium",
  description: "What is granted in a database's namespace must be named: verbs, groups and resources.",
  fix: "list what is needed",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  judge(stack) {
    const databases = clientSecrets(stack);
    const { roles, bindings, origins } = takeInventory(stack.objects);
    return [...origins].flatMap(([id, subject]): StackFinding[] => {
      if (!databases.has(subject.namespace)) return [];
      const own = roles.get(id);
      if (own !== undefined) return starsIn(own).map((stars) => ({ subject, message: `grants ${stars}` }));
      const bound = roles.get(bindings.get(id)?.role ?? "");
      if (bound?.id.startsWith("ClusterRole ") !== true) return [];
      return starsIn(bound).map((stars) => ({ subject, message: `${bound.id} grants ${stars}` }));
    });
  },
};

function starsIn({ rules }: Role): string[] {
  return rules.filter(hasStar).map(({ verbs, resources, apiGroups }) => {
    return `${verbs.join(", ")} on ${resources.join(", ")} of ${apiGroups.map((group) => group || "core").join(", ")}`;
  });
}

function hasStar({ verbs, apiGroups, resources, nonResourceURLs }: Rule): boolean {
  if (nonResourceURLs.length > 0) return false;
  return verbs.includes("*") || apiGroups.includes("*") || resources.some((resource) => resource.startsWith("*"));
}
