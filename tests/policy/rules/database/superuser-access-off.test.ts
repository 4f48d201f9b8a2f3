import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { superuserAccessOff } from "../../../../policy/rules/database/superuser-access-off.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const judged = (enableSuperuserAccess: Json) => findings(superuserAccessOff, [cluster({ enableSuperuserAccess })]);

test("nothing need be written: it is off by default", () => {
  expect(findings(superuserAccessOff, [cluster({ instances: 3 }), clusterPatch({ instances: 3 })])).toEqual([]);
  expect(judged(false)).toEqual([]);
  expect(judged(null)).toEqual([]);
});

test("finds it on, in a patch too", () => {
  // cloudnative-pg: docs/src/samples/cluster-example-secret.yaml
  expect(judged(true)).toEqual(["Cluster production/pg: enableSuperuserAccess is true"]);
  expect(findings(superuserAccessOff, [clusterPatch({ enableSuperuserAccess: true })])).toHaveLength(1);
});

test("fails closed on anything that is not false", () => {
  expect(judged(unknownValue)).toEqual(["Cluster production/pg: enableSuperuserAccess is not known before up"]);
  expect(judged("true")).toEqual(['Cluster production/pg: enableSuperuserAccess is "true"']);
});
