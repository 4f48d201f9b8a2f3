import { at, quote } from "../../analysis/json.ts";
import type { StackRule } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { databaseNamespaces } from "./databases.ts";

const label = "pod-security.kubernetes.io/enforce";
const levels = ["privileged", "baseline", "restricted"];

/** A pod that gets onto the host's network, or onto the host, has passed both layers. CloudNativePG's pods need neither. */
export const podSecurityLabels: StackRule = {
  scope: "stack",
  name: "pod-security-labels",
  level: "mandatory",
  severity: "high",
  description: "A namespace with a database in it must enforce Pod Security.",
  fix: `label the Namespace ${label}: restricted`,
  url: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
  parameters: {
    level: {
      type: "string",
      enum: ["baseline", "restricted"],
      default: "restricted",
      description: "The least that must be enforced",
    },
  },
  judge(stack, parameters) {
    const databases = databaseNamespaces(stack);
    const least = levels.indexOf(parameters["level"] === "baseline" ? "baseline" : "restricted");
    return stack.objects
      .filter(({ kind, apiVersion, name }) => kind === "Namespace" && apiVersion === "v1" && databases.has(name))
      .flatMap((subject) => {
        const value = at(subject.body, "metadata", "labels", label);
        if (typeof value === "string" && levels.indexOf(value) >= least) return [];
        const path = ["metadata", "labels", label];
        const isAbsent = value === undefined || value === null;
        // What a patch leaves alone may be there already.
        if (isAbsent && !isWhole(stack, subject.name)) return [];
        return [{ subject, path, message: isAbsent ? `the label ${label} is missing` : `${label} is ${quote(value)}` }];
      });
  },
};

/** Whether the stack makes a namespace itself, and does not only patch it. */
function isWhole({ resources }: Stack, namespace: string): boolean {
  return resources.some(
    ({ patch, objects }) => !patch && objects.some(({ kind, name }) => kind === "Namespace" && name === namespace),
  );
}
