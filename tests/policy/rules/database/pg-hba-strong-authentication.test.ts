import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { pgHbaStrongAuthentication } from "../../../../policy/rules/database/pg-hba-strong-authentication.ts";
import { findings } from "../lab.ts";
import { clusterWithLines } from "./lab.ts";

const judged = (line: string, parameters = {}) =>
  findings(pgHbaStrongAuthentication, [clusterWithLines(line)], parameters);

test.each([
  ["hostssl app app_user ${podselector:app} scram-sha-256"],
  ["hostssl app app_user ${podselector:app} scram-sha-256 clientcert=verify-full"],
  ["hostssl app app_user ${podselector:app} cert"],
  ["host all all all reject"],
])("lets pass %j", (line) => {
  expect(judged(line)).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-custom.yaml
  ["host all all all md5", "md5"],
  // cloudnative-pg: tests/e2e/fixtures
  ["host all all all trust", "trust"],
  ["hostssl app app_user ${podselector:app} password", "password"],
  // cloudnative-pg: docs/src/postgresql_conf.md, "LDAP Configuration"
  ["hostssl app app_user ${podselector:app} ldap ldapserver=ldap.example.com ldapprefix=cn=", "ldap"],
  ["hostssl app app_user 10.0.0.5/32 pam", "pam"],
  ["hostssl app app_user 10.0.0.5/32 gss", "gss"],
  ["hostssl app app_user 10.0.0.5/32 ident", "ident"],
])("finds %j", (line, method) => {
  expect(judged(line)).toEqual([`Cluster production/pg: pg_hba[0] authenticates by ${method}`]);
});

test("a team may count another method as strong", () => {
  const line = "hostssl app app_user 10.0.0.5/32 gss";
  expect(judged(line, { methods: ["scram-sha-256", "cert", "gss"] })).toEqual([]);
  expect(judged("hostssl app app_user 10.0.0.5/32 scram-sha-256", { methods: ["cert"] })).toHaveLength(1);
});

test("fails closed where a line is not known yet", () => {
  expect(judged(unknownValue)).toEqual(["Cluster production/pg: pg_hba[0] is not known before up"]);
});
