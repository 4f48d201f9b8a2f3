import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { operatorChartValues } from "../../../../policy/rules/operator/operator-chart-values.ts";
import { findings, resource } from "../lab.ts";

const judged = (values: Json, chart = "cloudnative-pg") =>
  findings(operatorChartValues, [resource("kubernetes:helm.sh/v3:Release", { chart, version: "0.29.0", values })]);

test.each([
  [null],
  [{}],
  [{ replicaCount: 2, monitoring: { podMonitorEnabled: true } }],
  // The chart's own defaults, written out: charts/cloudnative-pg/values.yaml.
  [
    {
      hostNetwork: false,
      webhook: {
        mutating: { create: true, failurePolicy: "Fail" },
        validating: { create: true, failurePolicy: "Fail" },
      },
      rbac: { create: true, aggregateClusterRoles: false },
    },
  ],
])("accepts %j", (values) => {
  expect(judged(values)).toEqual([]);
});

test.each([
  [{ webhook: { validating: { failurePolicy: "Ignore" } } }, 'webhook.validating.failurePolicy is "Ignore"'],
  [{ webhook: { mutating: { create: false } } }, "webhook.mutating.create is false"],
  [{ rbac: { aggregateClusterRoles: true } }, "rbac.aggregateClusterRoles is true"],
  // A template takes every text for true.
  [{ rbac: { aggregateClusterRoles: "false" } }, 'rbac.aggregateClusterRoles is "false"'],
  [{ rbac: { aggregateClusterRoles: unknownValue } }, "rbac.aggregateClusterRoles is not known before up"],
  [{ rbac: unknownValue }, "rbac.aggregateClusterRoles is not known before up"],
  // For webhooks on EKS with a CNI of its own: charts/cloudnative-pg/README.md, hostNetwork.
  [{ hostNetwork: true }, "hostNetwork is true"],
])("finds %j", (values, message) => {
  expect(judged(values)).toEqual([expect.stringContaining(message)]);
});

test("what is not known at all may be anything", () => {
  expect(judged(unknownValue)).toHaveLength(6);
});

test.each([
  ["oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg"],
  ["./charts/cloudnative-pg-0.29.0.tgz"],
  ["./charts/cloudnative-pg-v0.29.0.tgz"],
])("knows the chart by %s", (chart) => {
  expect(judged({ hostNetwork: true }, chart)).toHaveLength(1);
});

test.each([["cilium"], ["cloudnative-pg-grafana"]])("leaves the values of %s alone", (chart) => {
  expect(judged({ hostNetwork: true }, chart)).toEqual([]);
});

test("k3s installs the chart by the same values", () => {
  const spec = { chart: "cloudnative-pg", version: "0.29.0", valuesContent: "rbac:\n  aggregateClusterRoles: true\n" };
  const chart = resource("kubernetes:helm.cattle.io/v1:HelmChart", { metadata: { name: "cnpg" }, spec });
  expect(findings(operatorChartValues, [chart])).toEqual([
    expect.stringContaining("rbac.aggregateClusterRoles is true"),
  ]);
});
