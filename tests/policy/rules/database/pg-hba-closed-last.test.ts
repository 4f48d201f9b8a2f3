import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { pgHbaClosedLast } from "../../../../policy/rules/database/pg-hba-closed-last.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch, clusterWithLines } from "./lab.ts";

const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const judged = (...lines: string[]) => findings(pgHbaClosedLast, [clusterWithLines(...lines)]);

describe("is satisfied by", () => {
  test.each([
    [["host all all all reject"]],
    [[allow, "host all all all reject"]],
    [[allow, "host all all 0.0.0.0/0 reject", "host all all ::/0 reject"]],
    [[allow, "hostssl all all all reject", "hostnossl all all all reject"]],
    // What follows the last line is empty: there is nothing for the backslash to swallow.
    [[allow, "host all all all reject # \\"]],
  ])("%j", (lines) => {
    expect(judged(...lines)).toEqual([]);
  });
});

describe("finds open", () => {
  test.each([
    [[]],
    // The form in CloudNativePG's own documentation: docs/src/postgresql_conf.md, "podSelectorRefs".
    [[allow]],
    // As in a Cluster of KubeArchive: TLS is asked for, and everybody may still try.
    [["hostnossl all all all reject"]],
    [[allow, "host app all all reject"]],
    [[allow, "host all all 0.0.0.0/0 reject"]],
    [[allow, "host all ALL all reject"]],
    [[`${allow} \\`, "host all all all reject"]],
    // Ranges that some may take for everybody.
    [[allow, "host all all 192.0.2.0/24 reject", "host all all 2001:db8::/32 reject"]],
    [[allow, "host all all 10.0.0.0/8 reject", "host all all ::/0 reject"]],
  ])("%j", (lines) => {
    expect(judged(...lines)).toHaveLength(1);
  });

  test("what hides the operator's last line without turning anybody away", () => {
    // cloudnative-pg: docs/src/samples/cluster-example-custom.yaml
    expect(judged("host all all all md5")).toEqual([
      "Cluster production/pg: anybody may authenticate by md5, from anywhere",
    ]);
    expect(judged(allow, "host all all all scram-sha-256", "host all all all reject")).toHaveLength(1);
    // Who is named, and from where, is for pg-hba-named-only to say.
    expect(judged("hostssl app all all cert", "hostssl all app_user all cert", "host all all all reject")).toEqual([]);
  });

  test("what the operator adds for LDAP", () => {
    const ldap = { server: "ldap.example.com", bindAsAuth: { prefix: "uid=", suffix: ",ou=people,dc=example,dc=com" } };
    expect(findings(pgHbaClosedLast, [cluster({ postgresql: { pg_hba: [allow], ldap } })])).toEqual([
      "Cluster production/pg: whoever matches no line may try a password, from anywhere, with or without TLS",
    ]);
    expect(findings(pgHbaClosedLast, [cluster({ postgresql: { pg_hba: ["host all all all reject"], ldap } })])).toEqual(
      [],
    );
  });
});

describe("fails closed", () => {
  test("where the lines are not known yet", () => {
    expect(judged(allow, unknownValue)).toEqual([
      "Cluster production/pg: whether pg_hba is closed cannot be told: its lines are not known before up",
    ]);
  });

  test("where PostgreSQL refuses them, or nobody can read them", () => {
    const refused = ["Cluster production/pg: whether pg_hba is closed cannot be told: PostgreSQL refuses them"];
    expect(judged("hostssl app app_user all scram", "host all all all reject")).toEqual(refused);
    expect(judged(`# ${"x".repeat(3_000_000)}`, "host all all all reject")).toEqual(refused);
  });
});

test("a patch says nothing of lines that it leaves alone", () => {
  expect(findings(pgHbaClosedLast, [clusterPatch({ instances: 3 })])).toEqual([]);
  expect(findings(pgHbaClosedLast, [clusterPatch({ postgresql: { pg_hba: [allow] } })])).toHaveLength(1);
});
