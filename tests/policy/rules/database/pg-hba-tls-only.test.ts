import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { pgHbaTlsOnly } from "../../../../policy/rules/database/pg-hba-tls-only.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch, clusterWithLines } from "./lab.ts";

const judged = (...lines: string[]) => findings(pgHbaTlsOnly, [clusterWithLines(...lines)]);
const title = "Cluster production/pg: ";

test.each([
  ["hostssl app app_user ${podselector:app} scram-sha-256"],
  // cloudnative-pg: docs/src/samples/cluster-example-pg-hba.yaml
  ["hostssl app all all cert"],
  ["host all all all reject"],
  ["hostnossl all all all reject"],
  ["local all all reject"],
  ["# host all all all trust"],
])("lets pass %j", (line) => {
  expect(judged(line)).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-full.yaml
  ["host all all 10.244.0.0/16 md5", "lets clients in without TLS: host"],
  ["host app app_user ${podselector:app} scram-sha-256", "lets clients in without TLS: host"],
  ["hostnossl app app_user ${podselector:app} scram-sha-256", "lets clients in without TLS: hostnossl"],
  ["hostgssenc app app_user ${podselector:app} gss", "lets clients in without TLS: hostgssenc"],
  ["hostnogssenc app app_user ${podselector:app} scram-sha-256", "lets clients in without TLS: hostnogssenc"],
  // Copied from a pg_hba.conf outside of Kubernetes.
  ["local all all trust", "is never reached: the operator's own line for local comes first"],
])("finds %j", (line, problem) => {
  expect(judged(line)).toEqual([`${title}pg_hba[0] ${problem}`]);
});

test("a line that PostgreSQL refuses hides none of the others", () => {
  expect(judged("nonsense", "host app app_user all scram-sha-256")).toEqual([
    `${title}pg_hba[1] lets clients in without TLS: host`,
  ]);
});

test("a newline in an item begins another line", () => {
  expect(judged("hostssl app app_user all cert\nhost all all all trust")).toHaveLength(1);
});

test("fails closed where a line, or all of them, is not known yet", () => {
  expect(judged("host app app_user all cert", unknownValue)).toEqual([`${title}pg_hba[1] is not known before up`]);
  expect(findings(pgHbaTlsOnly, [cluster({ postgresql: { pg_hba: unknownValue } })])).toEqual([
    `${title}pg_hba is not known before up`,
  ]);
});

test("a patch is judged by the lines that it sets", () => {
  const judge = (pgHba: string[]) => findings(pgHbaTlsOnly, [clusterPatch({ postgresql: { pg_hba: pgHba } })]);
  expect(judge(["host all all all scram-sha-256"])).toHaveLength(1);
  expect(judge(["hostssl app app_user all scram-sha-256"])).toEqual([]);
  expect(findings(pgHbaTlsOnly, [clusterPatch({ instances: 3 })])).toEqual([]);
});
