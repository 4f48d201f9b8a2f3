import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { alterSystemOff } from "../../../../policy/rules/database/alter-system-off.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const spec = (enableAlterSystem: Json) => ({ postgresql: { enableAlterSystem } });
const judged = (value: Json) => findings(alterSystemOff, [cluster(spec(value))]);

test("nothing need be written: it is off by default", () => {
  expect(findings(alterSystemOff, [cluster({ instances: 3 }), clusterPatch({ instances: 3 })])).toEqual([]);
  expect(judged(false)).toEqual([]);
});

test("finds it on, in a patch too", () => {
  // cloudnative-pg: docs/src/postgresql_conf.md, "Enabling ALTER SYSTEM"
  expect(judged(true)).toEqual(["Cluster production/pg: enableAlterSystem is true"]);
  expect(findings(alterSystemOff, [clusterPatch(spec(true))])).toHaveLength(1);
});

test("fails closed where it is not known yet", () => {
  expect(judged(unknownValue)).toEqual(["Cluster production/pg: enableAlterSystem is not known before up"]);
});
