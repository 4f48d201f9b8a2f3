import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { walVolume } from "../../../../policy/rules/database/wal-volume.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

test("lets pass a volume, known or not, and a patch that leaves it alone", () => {
  // cloudnative-pg: docs/src/samples/cluster-example-wal-storage.yaml
  expect(findings(walVolume, [cluster({ walStorage: { size: "1Gi" } })])).toEqual([]);
  expect(findings(walVolume, [cluster({ walStorage: unknownValue })])).toEqual([]);
  expect(findings(walVolume, [clusterPatch({ instances: 3 })])).toEqual([]);
});

test("finds none", () => {
  const found = ["Cluster production/pg: the WAL shares the volume of the data"];
  expect(findings(walVolume, [cluster({ storage: { size: "1Gi" } })])).toEqual(found);
  expect(findings(walVolume, [cluster({ walStorage: null })])).toEqual(found);
  expect(findings(walVolume, [clusterPatch({ walStorage: null })])).toEqual(found);
});
