import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { replicationSynchronous } from "../../../../policy/rules/database/replication-synchronous.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const judged = (spec: JsonObject, annotations = {}) =>
  findings(replicationSynchronous, [cluster({ instances: 3, ...spec }, annotations)]);
const synchronous = (more: JsonObject) => ({ postgresql: { synchronous: { method: "any", number: 1, ...more } } });
const none = "Cluster production/pg: no standby confirms a commit";
const unsafe = "Cluster production/pg: a failover may choose a standby that lacks commits: failoverQuorum is off";

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-syncreplicas-quorum.yaml
  [synchronous({ failoverQuorum: true })],
  [synchronous({ failoverQuorum: true, dataDurability: "preferred" })],
  // One instance has nobody to wait for: that is for enough-instances to say.
  [{ instances: 1 }],
  // cloudnative-pg: docs/src/samples/cluster-replica-tls.yaml and dc/cluster-dc-b.yaml
  [{ replica: { enabled: true, source: "cluster-example" } }],
  [{ replica: { self: "pg-b", primary: "pg-a", source: "pg-a" } }],
])("lets pass %j", (spec) => {
  expect(judged(spec)).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example.yaml
  [{}, [none, unsafe]],
  // The chapter's Cluster.
  [synchronous({}), [unsafe]],
  // cloudnative-pg: docs/src/samples/cluster-example-syncreplicas-legacy.yaml
  [{ minSyncReplicas: 1, maxSyncReplicas: 3 }, [unsafe]],
  [synchronous({ number: 0, failoverQuorum: true }), [none]],
  [synchronous({ number: "1", failoverQuorum: true }), ['Cluster production/pg: number is "1"']],
  [{ replica: { enabled: false, source: "pg-a" } }, [none, unsafe]],
  // The primary of a distributed topology: cloudnative-pg, docs/src/samples/dc/cluster-dc-a.yaml
  [{ replica: { primary: "pg", source: "pg-b" } }, [none, unsafe]],
])("finds %j", (spec, problems) => {
  expect(judged(spec)).toEqual(problems);
});

test("the older annotation for the quorum comes first", () => {
  const quorum = (value: string) => ({ "alpha.cnpg.io/failoverQuorum": value });
  expect(judged(synchronous({}), quorum("true"))).toEqual([]);
  expect(judged(synchronous({ failoverQuorum: true }), quorum("false"))).toEqual([unsafe]);
});

test("leaves open what is not known yet, and judges patches by what they set", () => {
  expect(judged(synchronous({ number: unknownValue }))).toEqual([
    "undecided: Cluster production/pg: whether replication is synchronous is not known before up",
  ]);
  expect(findings(replicationSynchronous, [clusterPatch({ instances: 3 })])).toEqual([]);
  expect(findings(replicationSynchronous, [clusterPatch(synchronous({ number: 0 }))])).toEqual([none, unsafe]);
});
