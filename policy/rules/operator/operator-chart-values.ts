import { at, quote, type Json } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ResourceRule } from "../rule.ts";
import { chartReleases, isOperator, releasingTypes } from "./charts.ts";

interface Setting {
  readonly path: readonly string[];
  /** What the chart does where nothing is set, too. */
  readonly safe: Json;
  readonly why: string;
}

const webhook = (kind: string): readonly Setting[] => [
  { path: ["webhook", kind, "create"], safe: true, why: "nobody looks at Clusters before they are stored" },
  { path: ["webhook", kind, "failurePolicy"], safe: "Fail", why: "a Cluster that nobody could look at is let through" },
];

const settings: readonly Setting[] = [
  ...webhook("mutating"),
  ...webhook("validating"),
  {
    path: ["rbac", "aggregateClusterRoles"],
    safe: false,
    why: "whoever is given edit in a namespace may write its Clusters",
  },
  { path: ["hostNetwork"], safe: false, why: "no NetworkPolicy can tell the operator from its node" },
];

/** What a Helm release installs is not shown; what it is told to install is. */
export const operatorChartValues: ResourceRule = {
  scope: "resource",
  name: "operator-chart-values",
  level: "mandatory",
  severity: "high",
  description: "The operator's chart must be installed with the values that keep it safe, as its defaults are.",
  fix: "leave the value out",
  url: "https://github.com/cloudnative-pg/charts/blob/main/charts/cloudnative-pg/README.md",
  types: releasingTypes,
  judge: (resource) =>
    chartReleases(resource)
      .filter(isOperator)
      .flatMap(({ values, paths }) =>
        settings.flatMap((setting) => {
          const message = problemOf(setting, values);
          return message === undefined ? [] : [{ path: [...paths.values, ...setting.path], ...message }];
        }),
      ),
};

function problemOf({ path, safe, why }: Setting, values: Json | undefined): Omit<Finding, "path"> | undefined {
  const name = path.join(".");
  const onTheWay = path.map((_, depth) => at(values, ...path.slice(0, depth)));
  const value = at(values, ...path);
  if ([...onTheWay, value].some(isUnknown)) {
    return {
      message: `${name} is not known before up: ${why}, if it is not ${quote(safe)}`,
      fix: "give it as a plain value",
    };
  }
  if (value === undefined || value === null || value === safe) return undefined;
  return { message: `${name} is ${quote(value)}: ${why}` };
}
