import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { passwordEncryptionScram } from "../../../../policy/rules/database/password-encryption-scram.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const spec = (value: Json) => ({ postgresql: { parameters: { password_encryption: value } } });
const judged = (value: Json) => findings(passwordEncryptionScram, [cluster(spec(value))]);

test("lets pass what is SCRAM, or left to PostgreSQL", () => {
  expect(findings(passwordEncryptionScram, [cluster({ postgresql: { parameters: { work_mem: "4MB" } } })])).toEqual([]);
  expect(judged("scram-sha-256")).toEqual([]);
  expect(judged("SCRAM-SHA-256")).toEqual([]);
});

test.each([
  // For old clients, and for poolers in front of them.
  ["md5", '"md5"'],
  ["on", '"on"'],
  [true, "true"],
  [{}, "a mapping"],
])("finds %j", (value, shown) => {
  expect(judged(value)).toEqual([`Cluster production/pg: password_encryption is ${shown}`]);
});

test("leaves open what is not known yet, and judges patches by what they set", () => {
  expect(judged(unknownValue)).toEqual([
    "undecided: Cluster production/pg: password_encryption is not known before up",
  ]);
  expect(findings(passwordEncryptionScram, [clusterPatch(spec("md5"))])).toHaveLength(1);
});
