import { unknownFields } from "../../analysis/rbac/unknown.ts";
import type { StackRule } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { clientSecrets } from "./client-secrets.ts";

/** What nobody can read at a preview may grant anything, to anybody. */
export const rbacKnownAtPreview: StackRule = {
  scope: "stack",
  name: "rbac-known-at-preview",
  level: "mandatory",
  severity: "medium",
  description: "Roles and bindings that reach a database's namespace must be plain values, so that they can be judged.",
  fix: "write names, rules and subjects as plain values, and order the resources by dependsOn",
  url: "https://www.pulumi.com/docs/insights/policy/",
  judge(stack) {
    return stack.objects
      .filter(
        ({ apiVersion, namespace }) => apiVersion.startsWith("rbac.authorization.k8s.io/") && reaches(stack, namespace),
      )
      .flatMap((object) => {
        const fields = unknownFields(object);
        return fields.length === 0 ? [] : [{ subject: object, message: `${fields.join(", ")} not known before up` }];
      });
  },
};

/** What stands outside of namespaces reaches all of them. */
function reaches(stack: Stack, namespace: string): boolean {
  const databases = clientSecrets(stack);
  return databases.has(namespace) || (namespace === "" && databases.size > 0);
}
