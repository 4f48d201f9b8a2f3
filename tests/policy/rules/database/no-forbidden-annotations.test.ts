import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noForbiddenAnnotations } from "../../../../policy/rules/database/no-forbidden-annotations.ts";
import { findings, resource } from "../lab.ts";
import { cluster } from "./lab.ts";

const judged = (annotations: JsonObject, parameters = {}) =>
  findings(noForbiddenAnnotations, [cluster({}, annotations)], parameters);

test.each([
  ["cnpg.io/validation", "enabled"],
  ["cnpg.io/reconciliationLoop", "enabled"],
  ["cnpg.io/hibernation", "off"],
  ["cnpg.io/fencedInstances", "[]"],
  ["alpha.cnpg.io/livenessPinger", '{"enabled":true}'],
  ["alpha.cnpg.io/enableInstancePprof", "false"],
  ["cnpg.io/passwordPassthrough", "enabled"],
  ["pulumi.com/waitFor", "condition=Ready"],
  ["kubectl.kubernetes.io/restartedAt", "2026-01-01T00:00:00Z"],
])("lets pass %s: %s on a Cluster", (annotation, value) => {
  expect(judged({ [annotation]: value })).toEqual([]);
});

// All but the alpha ones as described in cloudnative-pg: docs/src/labels_annotations.md, "Predefined annotations".
test.each([
  ["cnpg.io/validation", "disabled", "the webhook lets everything pass"],
  ["cnpg.io/reconciliationLoop", "disabled", "nobody fails over, mends, or follows the pods of a selector"],
  ["cnpg.io/reconcilePodSpec", "disabled", "pods stay as they are, whatever the manifest says"],
  [
    "cnpg.io/podPatch",
    '[{"op":"add","path":"/spec/hostNetwork","value":true}]',
    "it may change anything in the pods unseen",
  ],
  ["cnpg.io/skipWalArchiving", "enabled", "no WAL is archived"],
  ["cnpg.io/skipEmptyWalArchiveCheck", "enabled", "it may overwrite the archive of another cluster"],
  ["cnpg.io/hibernation", "on", "the database is switched off"],
  ["cnpg.io/fencedInstances", '["*"]', "fenced instances serve nobody"],
  ["alpha.cnpg.io/livenessPinger", '{"enabled": false}', "a primary that is cut off goes on taking writes"],
  ["alpha.cnpg.io/enableInstancePprof", "true", "it opens a debugging port that asks nobody who they are"],
])("finds %s: %s on a Cluster", (annotation, value, because) => {
  expect(judged({ [annotation]: value })).toEqual([`Cluster production/pg: ${annotation} is set: ${because}`]);
  expect(judged({ [annotation]: value }, { allowed: [annotation] })).toEqual([]);
});

const annotated = (type: string, kind: string, annotations: JsonObject) =>
  resource(type, {
    apiVersion: type.includes("cnpg") ? "postgresql.cnpg.io/v1" : "v1",
    kind,
    metadata: { name: "pg", namespace: "production", annotations },
  });

test("looks at every kind for which an annotation means something, patches too", () => {
  const cnpg = (kind: string, annotations: JsonObject) =>
    findings(noForbiddenAnnotations, [annotated(`kubernetes:postgresql.cnpg.io/v1:${kind}`, kind, annotations)]);
  const disabled = { "cnpg.io/validation": "disabled" };
  for (const kind of ["Pooler", "Database", "Backup", "ScheduledBackup"]) expect(cnpg(kind, disabled)).toHaveLength(1);
  expect(cnpg("Database", { "cnpg.io/hibernation": "on" })).toEqual([]);
  const patch = annotated("kubernetes:postgresql.cnpg.io/v1:ClusterPatch", "Cluster", disabled);
  expect(findings(noForbiddenAnnotations, [patch])).toHaveLength(1);
  const secret = annotated("kubernetes:core/v1:Secret", "Secret", { "cnpg.io/passwordPassthrough": "enabled" });
  expect(findings(noForbiddenAnnotations, [secret])).toEqual([
    "Secret production/pg: cnpg.io/passwordPassthrough is set: the password reaches the server, and its logs, in clear text",
  ]);
});

test("leaves open what is not known yet", () => {
  expect(judged({ "cnpg.io/hibernation": unknownValue })).toEqual([
    "undecided: Cluster production/pg: cnpg.io/hibernation is not known before up",
  ]);
  expect(judged({ "example.com/build": unknownValue })).toEqual([]);
  expect(judged(unknownValue as unknown as JsonObject)).toEqual([
    "undecided: Cluster production/pg: annotations are not known before up",
  ]);
});
