import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { pgHbaClosedLast } from "../../../../policy/rules/database/pg-hba-closed-last.ts";
import { findings, resource } from "../lab.ts";

const cluster = (lines: readonly string[]) =>
  resource("kubernetes:postgresql.cnpg.io/v1:Cluster", {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "pg", namespace: "production" },
    spec: {
      instances: 3,
      podSelectorRefs: [{ name: "app", selector: { matchLabels: { app: "myapp" } } }],
      postgresql: { pg_hba: lines },
    },
  });
const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const judged = (...lines: string[]) => findings(pgHbaClosedLast, [cluster(lines)]);

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
    [[allow, "host app all all reject"]],
    [[allow, "host all all 0.0.0.0/0 reject"]],
    [[allow, "hostnossl all all all reject"]],
    [[`${allow} \\`, "host all all all reject"]],
  ])("%j", (lines) => {
    expect(judged(...lines)).toHaveLength(1);
  });
});

test("fails closed where the lines are not known yet", () => {
  expect(judged(allow, unknownValue)).toEqual([
    "Cluster production/pg: whether pg_hba is closed cannot be told: its lines are not known before up",
  ]);
});
