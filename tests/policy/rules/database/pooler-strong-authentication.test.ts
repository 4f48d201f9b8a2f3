import { expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { poolerStrongAuthentication } from "../../../../policy/rules/database/pooler-strong-authentication.ts";
import { findings } from "../lab.ts";
import { object } from "./lab.ts";

const judged = (pgbouncer: Json) => findings(poolerStrongAuthentication, [object("Pooler", { pgbouncer })]);

test.each([
  [{ poolMode: "session" }],
  [{ parameters: { auth_type: "hba" } }],
  [{ parameters: { auth_type: "scram-sha-256" } }],
  // The operator's own last lines are md5, which is SCRAM where the server keeps SCRAM verifiers.
  [{ pg_hba: ["host all all 0.0.0.0/0 md5"] }],
  [{ pg_hba: ["hostssl app app_user 10.0.0.0/24 scram-sha-256", "host all all 0.0.0.0/0 reject"] }],
  [{ pg_hba: ["hostssl app app_user 10.0.0.0/24 cert", "local pgbouncer pgbouncer peer"] }],
])("lets pass %j", (pgbouncer) => {
  expect(judged(pgbouncer)).toEqual([]);
});

test.each([
  [{ parameters: { auth_type: "trust" } }, 'auth_type is "trust"'],
  [{ parameters: { auth_type: "any" } }, 'auth_type is "any"'],
  [{ parameters: { auth_type: "plain" } }, 'auth_type is "plain"'],
  [{ parameters: { auth_type: unknownValue } }, "auth_type is not known before up"],
  // As one opens a way for a tool on the same host.
  [{ pg_hba: ["host all all 127.0.0.1/32 trust"] }, "pg_hba[0] authenticates by trust"],
  [{ pg_hba: ["hostssl app app_user 10.0.0.0/24 password"] }, "pg_hba[0] authenticates by password"],
  [{ pg_hba: ["# first", unknownValue] }, "pg_hba[1] is not known before up"],
  [{ pg_hba: unknownValue }, "pg_hba is not known before up"],
])("finds %j", (pgbouncer, problem) => {
  expect(judged(pgbouncer)).toEqual([`Pooler production/pg: ${problem}`]);
});
