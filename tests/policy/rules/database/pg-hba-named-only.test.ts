import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { pgHbaNamedOnly } from "../../../../policy/rules/database/pg-hba-named-only.ts";
import { findings } from "../lab.ts";
import { cluster, clusterWithLines } from "./lab.ts";

const judged = (line: string, parameters = {}) => findings(pgHbaNamedOnly, [clusterWithLines(line)], parameters);

test.each([
  ["hostssl app app_user ${podselector:app} scram-sha-256"],
  ["hostssl app,reports app_user,+readers 10.0.0.0/24 scram-sha-256"],
  // A Cluster of somebody's name server: one network of its own.
  ["hostssl pdns pdns 10.0.10.0/24 scram-sha-256"],
  ["hostssl pdns pdns 10.0.10.0 255.255.255.0 scram-sha-256"],
  ["hostssl app app_user 2001:db8:1:2::/64 scram-sha-256"],
  ["hostssl app app_user db-client.example.com scram-sha-256"],
  ["hostssl sameuser +tenants ${podselector:app} scram-sha-256"],
  ["hostssl /^tenant_[0-9]+$ app_user ${podselector:app} scram-sha-256"],
  ['hostssl "all" "all" ${podselector:app} scram-sha-256'],
  ["hostssl replication standby 10.0.0.5/32 cert"],
  ["host all all all reject"],
  ["host all all 0.0.0.0/0 reject"],
])("lets pass %j", (line) => {
  expect(judged(line)).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-pod-selector-refs.yaml, below its two lines with selectors
  [
    "host all all 10.244.0.0/16 md5",
    ["is for any database: all", "is for any role: all", "is for all of 10.244.0.0/16, more than a /24"],
  ],
  ["hostssl app all all cert", ["is for any role: all", "is for any address: all"]],
  ["hostssl app app_user 0.0.0.0/0 scram-sha-256", ["is for all of 0.0.0.0/0, more than a /24"]],
  ["hostssl app app_user 0.0.0.0 0.0.0.0 scram-sha-256", ["is for all of 0.0.0.0/0, more than a /24"]],
  ["hostssl app app_user ::/0 scram-sha-256", ["is for all of ::/0, more than a /64"]],
  // The pods of a whole k3s cluster.
  ["hostssl app app_user 10.42.0.0/16 scram-sha-256", ["is for all of 10.42.0.0/16, more than a /24"]],
  ["hostssl app app_user samenet scram-sha-256", ["is for any address: samenet"]],
  ["hostssl app app_user samehost scram-sha-256", ["is for any address: samehost"]],
  ["hostssl app app_user 10.0.0.5 255.0.255.255 scram-sha-256", ["is for addresses by a mask with holes"]],
  ["hostssl /.* app_user ${podselector:app} scram-sha-256", ["is for any database: /.*"]],
  ["hostssl app /^[a-z_]+$ ${podselector:app} scram-sha-256", ["is for any role: /^[a-z_]+$"]],
  // The form of the tutorial at kube-hetzner--docs.pages.dev/guide/09-security.
  [
    "hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256",
    ['is for the host "podSelectorRefs(app=myapp)", which no address can have'],
  ],
  ["hostssl app app_user * scram-sha-256", ['is for the host "*", which no address can have']],
  ["hostssl app app_user any scram-sha-256", ['is for the host "any", which no address can have']],
])("finds %j", (line, problems) => {
  expect(judged(line)).toEqual(problems.map((problem) => `Cluster production/pg: pg_hba[0] ${problem}`));
});

test("a team sets how small a range must be", () => {
  const line = "hostssl app app_user 10.42.0.0/16 scram-sha-256";
  expect(judged(line, { ipv4PrefixLength: 16 })).toEqual([]);
  expect(judged(line, { ipv6PrefixLength: 16 })).toHaveLength(1);
  expect(judged("hostssl app app_user 10.0.10.0/24 scram-sha-256", { ipv4PrefixLength: 32 })).toHaveLength(1);
});

test("before PostgreSQL 16 there are no expressions in names", () => {
  const postgresql = { pg_hba: ["hostssl /.* app_user 10.0.0.5/32 scram-sha-256"] };
  const judge = (tag: string) => findings(pgHbaNamedOnly, [cluster({ imageName: `postgresql:${tag}`, postgresql })]);
  expect(judge("15.14")).toEqual([]);
  expect(judge("16.10")).toHaveLength(1);
});

test("fails closed where a line is not known yet", () => {
  expect(judged(unknownValue)).toEqual(["Cluster production/pg: pg_hba[0] is not known before up"]);
});
