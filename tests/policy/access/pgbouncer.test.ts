import { describe, expect, test } from "vitest";
import { closed, cluster, pooler, rowsOf, sound } from "./lab.ts";

const ref = "- { name: pooler, selector: { matchLabels: { cnpg.io/poolerName: pooler } } }";
const lines = ["hostssl app app_user ${podselector:pooler} scram-sha-256", ...closed];
const rejectAll = ["host all all all reject"];

const withSettings = (settings: object) =>
  pooler.replace("{ poolMode: session }", JSON.stringify({ poolMode: "session", ...settings }));

/** Who gets to the pooler's port and, by its lines, on to the database. */
const through = (own: string, more = "") =>
  rowsOf(cluster(lines, ref) + sound + own + more)
    .filter(({ pooler: at, port, postgres }) => at === "pooler" && port === 5432 && postgres.length > 0)
    .map(({ source: { kind, name } }) => name ?? kind);

// PgBouncer 1.25: hba.c, parse_line and parse_names; doc/config.md, "auth_type" and "HBA file format".
describe("a Pooler's lines are read as PgBouncer reads them", () => {
  const everybody = through(pooler);

  test.each([
    ["a line that turns everybody away", { pg_hba: rejectAll }, []],
    ["no lines of its own", { pg_hba: [] }, everybody],
    ["another auth_type, so that none is read", { pg_hba: rejectAll, parameters: { auth_type: "md5" } }, everybody],
    ["auth_type hba", { pg_hba: rejectAll, parameters: { auth_type: "hba" } }, []],
    ["no regular expression of roles", { pg_hba: ["host all /^app all reject"] }, everybody],
    ["no regular expression of databases", { pg_hba: ["host /^a all all reject"] }, everybody],
    ["no type but its own", { pg_hba: ["hostnogssenc all all all reject"] }, everybody],
    ["no samenet", { pg_hba: ["host all all samenet reject"] }, everybody],
    ["no host name", { pg_hba: ["host all all .example.com reject"] }, everybody],
    ["no group", { pg_hba: ["host all +staff all reject", "host samerole all all reject"] }, everybody],
    ["a line after one that is passed over", { pg_hba: ["host all +staff all md5", ...rejectAll] }, []],
  ])("%s", (_, settings, expected) => {
    expect(everybody).toContain("outside the cluster");
    expect(through(withSettings(settings))).toEqual(expected);
  });

  test("a range lets in nobody who is outside of it", () => {
    const found = through(withSettings({ pg_hba: ["host app app_user 10.42.0.0/16 scram-sha-256", ...rejectAll] }));
    expect(found).toContain("any other pod");
    expect(found).not.toContain("outside the cluster");
  });
});

test("a Pooler in the network of its node is no pod that policies tell apart", () => {
  const onNode = pooler.replace("type: rw", "type: rw, template: { spec: { hostNetwork: true, containers: [] } }");
  const lifeline = (own: string) =>
    rowsOf(cluster(lines, ref) + sound + own).find(({ source, port }) => source.kind === "pooler" && port === 5432);
  expect(lifeline(pooler)?.network.allowed).toBe(true);
  expect(lifeline(onNode)?.network.allowed).toBeNull();
});
