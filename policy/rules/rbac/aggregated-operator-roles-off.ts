import { at, list, texts, type Json } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";
import { concernsOperator } from "./grants.ts";

const prefix = "rbac.authorization.k8s.io/aggregate-to-";

/** Whoever edits a namespace would command the database's superuser there. */
export const aggregatedOperatorRolesOff: ObjectRule = {
  scope: "object",
  name: "aggregated-operator-roles-off",
  level: "mandatory",
  severity: "high",
  description: "A ClusterRole on resources of CloudNativePG must not become part of view, edit or admin.",
  fix: "drop the label, or set rbac.aggregateClusterRoles of the chart to false; bind the ClusterRole to whoever needs it",
  url: "https://cloudnative-pg.io/documentation/current/security/#rbac-on-custom-resources",
  kinds: ["ClusterRole.rbac.authorization.k8s.io"],
  judge({ body }) {
    const labels = at(body, "metadata", "labels");
    const rules = list(body["rules"]);
    if (!isUnknown(body["rules"]) && !rules.some((rule) => isUnknown(rule) || concernsOperator(ruleOf(rule))))
      return [];
    if (isUnknown(labels)) return [{ path: ["metadata", "labels"], message: "its labels are not known before up" }];
    const aggregating = Object.entries(typeof labels === "object" && labels !== null ? labels : {}).filter(
      ([key, value]) => key.startsWith(prefix) && (value === "true" || isUnknown(value)),
    );
    return aggregating.map(([key]) => ({
      path: ["metadata", "labels", key],
      message: `becomes part of ${key.slice(prefix.length)}`,
    }));
  },
};

function ruleOf(rule: Json) {
  const strings = (field: string) => texts(at(rule, field));
  return {
    verbs: strings("verbs"),
    apiGroups: strings("apiGroups"),
    resources: strings("resources"),
    resourceNames: strings("resourceNames"),
    nonResourceURLs: strings("nonResourceURLs"),
  };
}
