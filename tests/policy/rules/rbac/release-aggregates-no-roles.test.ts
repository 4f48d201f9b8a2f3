import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { releaseAggregatesNoRoles } from "../../../../policy/rules/rbac/release-aggregates-no-roles.ts";
import { findings, resource } from "../lab.ts";

const judged = (properties: JsonObject) =>
  findings(releaseAggregatesNoRoles, [resource("kubernetes:helm.sh/v3:Release", properties)]);
const chart = "cloudnative-pg";
const repositoryOpts = { repo: "https://cloudnative-pg.github.io/charts" };
const aggregates = (value: boolean | string | number) => ({ rbac: { aggregateClusterRoles: value } });

test.each([
  [{ chart, repositoryOpts }],
  [{ chart, values: { config: { data: { INHERITED_LABELS: "team" } } } }],
  [{ chart, values: aggregates(false) }],
  [{ chart: "cert-manager", values: aggregates(true) }],
  [{ chart: "cloudnative-pg-grafana", values: aggregates(true) }],
  [{ chart: null, values: null }],
])("is satisfied by %j", (properties) => {
  expect(judged(properties)).toEqual([]);
});

const title = "test (kubernetes:helm.sh/v3:Release): values.rbac.aggregateClusterRoles";
test.each([
  [{ chart, repositoryOpts, values: aggregates(true) }, "is true"],
  // A template takes every text for true.
  [{ chart, values: aggregates("false") }, 'is "false"'],
  [{ chart: "oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg", values: aggregates(true) }, "is true"],
  [{ chart: "./charts/cloudnative-pg-0.29.0.tgz", values: aggregates(true) }, "is true"],
  [{ chart, values: unknownValue }, "is not known before up"],
  [{ chart, values: aggregates(unknownValue) }, "is not known before up"],
])("finds %j", (properties, expected) => {
  expect(judged(properties)).toEqual([`${title} ${expected}`]);
});
