import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { rolesWithoutGlobalPowers } from "../../../../policy/rules/database/roles-without-global-powers.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch, object } from "./lab.ts";

const managed = (role: JsonObject) => ({ managed: { roles: [{ name: "dante", login: true, ...role }] } });
const judgedRole = (role: JsonObject, parameters = {}) =>
  findings(rolesWithoutGlobalPowers, [cluster(managed(role))], parameters);
const judgedSql = (statement: Json, field = "postInitApplicationSQL") =>
  findings(rolesWithoutGlobalPowers, [cluster({ bootstrap: { initdb: { [field]: [statement] } } })]);

test.each([
  [{}],
  // cloudnative-pg: docs/src/samples/cluster-example-with-roles.yaml
  [{ superuser: false, createdb: true, createrole: false, replication: false, bypassrls: false }],
  [{ inRoles: ["pg_monitor", "pg_signal_backend", "readers"] }],
  [{ ensure: "absent", superuser: true }],
])("lets pass a role %j", (role) => {
  expect(judgedRole(role)).toEqual([]);
});

test.each([
  [{ superuser: true }, "has superuser"],
  [{ createrole: true }, "has createrole"],
  // cloudnative-pg: docs/src/samples/cluster-example-logical-source.yaml, for a logical subscriber
  [{ replication: true }, "has replication"],
  [{ bypassrls: true }, "has bypassrls"],
  [{ inRoles: ["pg_monitor", "pg_read_all_data"] }, "is in pg_read_all_data"],
  [{ inRoles: ["pg_write_all_data"] }, "is in pg_write_all_data"],
  [{ inRoles: ["pg_execute_server_program"] }, "is in pg_execute_server_program"],
  [{ inRoles: ["postgres"] }, "is in postgres"],
])("finds a role %j, wherever it is declared", (role, problem) => {
  expect(judgedRole(role)).toEqual([`Cluster production/pg: role dante ${problem}`]);
  expect(findings(rolesWithoutGlobalPowers, [object("DatabaseRole", { name: "dante", ...role })])).toEqual([
    `DatabaseRole production/pg: role dante ${problem}`,
  ]);
  expect(findings(rolesWithoutGlobalPowers, [clusterPatch(managed(role))])).toHaveLength(1);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-initdb.yaml
  ["create table application_numbers (i integer)"],
  ["GRANT SELECT ON ALL TABLES IN SCHEMA public TO readers"],
  ["GRANT readers TO app"],
  ["ALTER ROLE app WITH NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"],
  ["COMMENT ON TABLE t IS 'GRANT pg_read_all_data TO app'"],
  ["-- CREATE ROLE app SUPERUSER"],
  ["ALTER ROLE app SET search_path = replication, public"],
  ['CREATE ROLE app IN ROLE "superuser"'],
])("lets pass SQL %j", (sql) => {
  expect(judgedSql(sql)).toEqual([]);
});

test.each([
  // As pg_dumpall writes roles.
  ["ALTER ROLE app WITH SUPERUSER INHERIT NOCREATEROLE LOGIN", "app", "superuser"],
  ["CREATE USER app WITH LOGIN PASSWORD 'a--b' REPLICATION", "app", "replication"],
  ['create role "App User" bypassrls', "App User", "bypassrls"],
  ["GRANT pg_read_all_data TO app", "app", "pg_read_all_data"],
  ['grant readers, "pg_write_all_data" to app with admin option', "app", "pg_write_all_data"],
  ["CREATE ROLE app LOGIN IN ROLE pg_execute_server_program", "app", "pg_execute_server_program"],
  ["DO $$ BEGIN CREATE ROLE app SUPERUSER; END $$", "app", "superuser"],
  ["/* for now */ ALTER USER APP CREATEROLE;", "app", "createrole"],
])("finds SQL %j", (sql, role, power) => {
  expect(judgedSql(sql)).toEqual([`Cluster production/pg: role ${role} is given ${power} by SQL`]);
});

test.each(["postInitSQL", "postInitTemplateSQL", "postInitApplicationSQL"])("reads %s", (field) => {
  expect(judgedSql("GRANT pg_read_all_data TO app, web", field)).toHaveLength(2);
});

test("a team names the roles that need such powers", () => {
  expect(judgedRole({ replication: true }, { allowedRoles: ["dante"] })).toEqual([]);
  expect(judgedRole({ replication: true }, { allowedRoles: ["other"] })).toHaveLength(1);
});

test("leaves open what is not known yet", () => {
  expect(judgedRole({ superuser: unknownValue })).toEqual([
    "undecided: Cluster production/pg: role dante may get powers: spec.managed.roles.0.superuser is not known before up",
  ]);
  expect(judgedRole({ inRoles: [unknownValue] })).toHaveLength(1);
  // A password from elsewhere makes the whole statement unknown.
  expect(judgedSql(unknownValue)).toEqual([expect.stringContaining("undecided")]);
  expect(findings(rolesWithoutGlobalPowers, [cluster({ managed: { roles: unknownValue } })])).toHaveLength(1);
});
