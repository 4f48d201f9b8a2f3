import { expect, test } from "vitest";
import { backupNotInTree } from "../../../../policy/rules/database/backup-not-in-tree.ts";
import { findings } from "../lab.ts";
import { cluster } from "./lab.ts";

const barmanObjectStore = { destinationPath: "s3://backups/" };

test("lets pass plugins and volume snapshots", () => {
  const plugins = [{ name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true }];
  expect(findings(backupNotInTree, [cluster({ plugins })])).toEqual([]);
  expect(findings(backupNotInTree, [cluster({ backup: { volumeSnapshot: { className: "csi" } } })])).toEqual([]);
});

test("finds the operator's own, also where it is only read from", () => {
  // cloudnative-pg: docs/src/samples/cluster-example-with-backup.yaml
  expect(findings(backupNotInTree, [cluster({ backup: { barmanObjectStore } })])).toEqual([
    "Cluster production/pg: backup.barmanObjectStore is deprecated",
  ]);
  // cloudnative-pg: docs/src/samples/cluster-restore-external-cluster.yaml
  expect(findings(backupNotInTree, [cluster({ externalClusters: [{ name: "old", barmanObjectStore }] })])).toEqual([
    "Cluster production/pg: externalClusters.0.barmanObjectStore is deprecated",
  ]);
});
