import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { poolerTlsOnly } from "../../../../policy/rules/database/pooler-tls-only.ts";
import { findings, resource } from "../lab.ts";
import { object } from "./lab.ts";

const spec = (parameters?: JsonObject | string) => ({
  cluster: { name: "pg" },
  pgbouncer: { poolMode: "session", ...(parameters !== undefined && { parameters }) },
});
const judged = (parameters?: JsonObject | string) => findings(poolerTlsOnly, [object("Pooler", spec(parameters))]);

test.each([
  [{ client_tls_sslmode: "require" }],
  [{ client_tls_sslmode: "verify-full", server_tls_sslmode: "verify-full" }],
])("lets pass %j", (parameters) => {
  expect(judged(parameters)).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/connection_pooling.md, "Quick start"
  [undefined, 'client_tls_sslmode is "prefer" by default'],
  [{ max_client_conn: "1000", default_pool_size: "10" }, 'client_tls_sslmode is "prefer" by default'],
  [{ client_tls_sslmode: "disable" }, 'client_tls_sslmode is "disable"'],
  [{ client_tls_sslmode: "allow" }, 'client_tls_sslmode is "allow"'],
  [{ client_tls_sslmode: "require", server_tls_sslmode: "require" }, 'server_tls_sslmode is "require"'],
])("finds %j", (parameters, problem) => {
  expect(judged(parameters)).toEqual([`Pooler production/pg: ${problem}`]);
});

test("leaves open what is not known yet", () => {
  expect(judged({ client_tls_sslmode: unknownValue })).toEqual([
    "undecided: Pooler production/pg: client_tls_sslmode is not known before up",
  ]);
  expect(judged(unknownValue)).toEqual(["undecided: Pooler production/pg: the parameters are not known before up"]);
});

test("a patch need not repeat what its Pooler has", () => {
  const judge = (parameters?: JsonObject) => {
    const { properties } = object("Pooler", spec(parameters));
    return findings(poolerTlsOnly, [resource("kubernetes:postgresql.cnpg.io/v1:PoolerPatch", properties)]);
  };
  expect(judge()).toEqual([]);
  expect(judge({ client_tls_sslmode: "prefer" })).toHaveLength(1);
});
