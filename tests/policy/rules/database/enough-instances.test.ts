import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { enoughInstances } from "../../../../policy/rules/database/enough-instances.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const judged = (instances: Json, parameters = {}) => findings(enoughInstances, [cluster({ instances })], parameters);

test("lets pass three and more, or as many as a team asks for", () => {
  expect(judged(3)).toEqual([]);
  expect(judged(5)).toEqual([]);
  expect(judged(2, { minimum: 2 })).toEqual([]);
});

test("finds fewer", () => {
  // cloudnative-pg: docs/src/samples/postgis-example.yaml
  expect(judged(1)).toEqual(["Cluster production/pg: instances is 1"]);
  expect(judged(3, { minimum: 5 })).toEqual(["Cluster production/pg: instances is 3"]);
  expect(findings(enoughInstances, [cluster({})])).toEqual(["Cluster production/pg: instances is 1 by default"]);
  expect(judged("three")).toHaveLength(1);
});

test("leaves open what is not known yet, and judges patches by what they set", () => {
  expect(judged(unknownValue)).toEqual(["undecided: Cluster production/pg: instances is not known before up"]);
  expect(findings(enoughInstances, [clusterPatch({})])).toEqual([]);
  expect(findings(enoughInstances, [clusterPatch({ instances: 1 })])).toHaveLength(1);
});
