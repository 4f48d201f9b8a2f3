import { at, text, type Json } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ResourceRule } from "../rule.ts";

/** What a Release makes no rule sees: only its values tell. */
export const releaseAggregatesNoRoles: ResourceRule = {
  scope: "resource",
  name: "release-aggregates-no-roles",
  level: "mandatory",
  severity: "high",
  description: "The chart of CloudNativePG must not make its ClusterRoles part of view, edit and admin.",
  fix: "set values.rbac.aggregateClusterRoles to false, which is the default",
  url: "https://cloudnative-pg.io/documentation/current/security/#rbac-on-custom-resources",
  types: ["kubernetes:helm.sh/v3:Release"],
  judge({ properties }) {
    if (!isOperatorChart(text(properties["chart"]) ?? "")) return [];
    const path = ["values", "rbac", "aggregateClusterRoles"];
    if (path.some((_, index) => isUnknown(at(properties, ...path.slice(0, index + 1))))) {
      return [
        { path, message: `${path.join(".")} is not known before up`, fix: "give it as a plain value, or not at all" },
      ];
    }
    const value = at(properties, ...path);
    return isTruthy(value) ? [{ path, message: `${path.join(".")} is ${JSON.stringify(value)}` }] : [];
  },
};

/** By name, by address (`oci://…/cloudnative-pg`), or as a file (`./cloudnative-pg-0.29.0.tgz`). */
function isOperatorChart(chart: string): boolean {
  return /(^|\/)cloudnative-pg(-v?\d[^/]*\.tgz)?\/?$/.test(chart);
}

/** What a template takes for true: the text "false" as well. */
function isTruthy(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
