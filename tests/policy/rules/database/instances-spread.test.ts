import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { instancesSpread } from "../../../../policy/rules/database/instances-spread.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const judged = (spec: JsonObject) => findings(instancesSpread, [cluster({ instances: 3, ...spec })]);
const found = ["Cluster production/pg: instances may share a node: the anti-affinity is not required"];

const spread = (whenUnsatisfiable: string, labels: JsonObject): JsonObject => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable, labelSelector: { matchLabels: labels } },
  ],
});
const apart = (labelSelector: JsonObject): JsonObject => ({
  affinity: {
    enablePodAntiAffinity: false,
    additionalPodAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }],
    },
  },
});

test.each([
  // cloudnative-pg: docs/src/scheduling.md, "Isolating PostgreSQL workloads"
  [
    {
      affinity: { enablePodAntiAffinity: true, topologyKey: "kubernetes.io/hostname", podAntiAffinityType: "required" },
    },
  ],
  [{ affinity: { podAntiAffinityType: "required" } }],
  [spread("DoNotSchedule", { "cnpg.io/cluster": "pg" })],
  [apart({ matchExpressions: [{ key: "cnpg.io/podRole", operator: "In", values: ["instance"] }] })],
  [{ instances: 1 }],
])("lets pass %j", (spec) => {
  expect(judged(spec)).toEqual([]);
});

test.each([
  [{}],
  // cloudnative-pg: docs/src/samples/cluster-example-full.yaml
  [{ affinity: { enablePodAntiAffinity: true, topologyKey: "failure-domain.beta.kubernetes.io/zone" } }],
  [{ affinity: { podAntiAffinityType: "preferred" } }],
  [{ affinity: { enablePodAntiAffinity: false, podAntiAffinityType: "required" } }],
  [spread("ScheduleAnyway", { "cnpg.io/cluster": "pg" })],
  [spread("DoNotSchedule", { "cnpg.io/cluster": "other" })],
  // cloudnative-pg: docs/src/scheduling.md, "Fine-Grained Control with Custom Rules": a label that no instance wears any more.
  [apart({ matchExpressions: [{ key: "postgresql", operator: "Exists" }] })],
])("finds %j", (spec) => {
  expect(judged(spec)).toEqual(found);
});

test("leaves open what is not known yet, and judges patches by what they set", () => {
  expect(judged({ affinity: { podAntiAffinityType: unknownValue } })).toEqual([
    "undecided: Cluster production/pg: whether the instances are spread is not known before up",
  ]);
  expect(findings(instancesSpread, [clusterPatch({ instances: 3 })])).toEqual([]);
  expect(findings(instancesSpread, [clusterPatch({ affinity: { podAntiAffinityType: "preferred" } })])).toEqual(found);
});
