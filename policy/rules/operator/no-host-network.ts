import { at, isObject, isYes } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { StackRule } from "../rule.ts";
import { databaseNamespaces } from "./databases.ts";

/** Such a pod has the node's address: a selector that picks it lets in everything on that node. */
export const noHostNetwork: StackRule = {
  scope: "stack",
  name: "no-host-network",
  level: "mandatory",
  severity: "high",
  description:
    "No pod beside a database may use the network of its node: neither NetworkPolicies nor pg_hba can tell the two apart.",
  fix: "take hostNetwork out, or move the workload to a namespace of its own",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods",
  judge(stack) {
    const databases = databaseNamespaces(stack);
    return stack.objects
      .filter(({ namespace }) => databases.has(namespace))
      .flatMap((subject) =>
        podSpecs(subject).flatMap((path) => {
          const value = at(subject.body, ...path, "hostNetwork");
          if (!isYes(value) && !isUnknown(value)) return [];
          const message = isYes(value) ? "hostNetwork is true" : "whether hostNetwork is set is not known before up";
          return [{ subject, path: [...path, "hostNetwork"], message }];
        }),
      );
  },
};

/** Where a pod, a workload or a Pooler says what its pods are like. */
function podSpecs({ kind, body }: KubeObject): readonly (readonly string[])[] {
  const template = ["template", "spec"];
  const paths =
    kind === "Pod"
      ? [["spec"]]
      : [
          ["spec", ...template],
          ["spec", "jobTemplate", "spec", ...template],
        ];
  return paths.filter((path) => isObject(at(body, ...path)));
}
