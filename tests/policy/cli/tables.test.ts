import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accessCommand } from "../../../policy/cli/access.ts";
import { render } from "../../../policy/cli/format.ts";
import { hbaCommand } from "../../../policy/cli/hba.ts";
import { markdownTable } from "../../../policy/cli/text-table.ts";
import { closed, cluster } from "../access/lab.ts";

let folder = "";
const path = (...names: readonly string[]) => join(folder, ...names);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tables-"));
  writeFileSync(path("two.yaml"), cluster(closed) + cluster(closed).replace("name: pg,", "name: pg2,"));
  mkdirSync(path("more"));
  writeFileSync(path("pg_hba.conf"), "local all all peer\ninclude more/a.conf\ninclude more/b.conf\n");
  writeFileSync(path("more", "a.conf"), "host a all all scram-sha-256\n");
  writeFileSync(path("more", "b.conf"), "\nhost b all all md5\nhost b all all wrong\n");
  writeFileSync(path("accepted.conf"), "local all all peer\ninclude more/a.conf\n");
  writeFileSync(path("probes.json"), JSON.stringify([{ database: "a", user: "x", address: "10.0.0.5" }]));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a source that has a name is not told by all of its labels, but in JSON", () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { report } = accessCommand([path("two.yaml")], { engine: "standard" });
  vi.restoreAllMocks();
  const table = render(report, "table");
  expect(table).toMatch(/^\S+ +pg2-1 \(app\.kubernetes\.io\/component=database,…\) in production +5432 /m);
  expect(table).not.toContain("cnpg.io/instanceName");
  expect(render(report, "json")).toContain("cnpg.io/cluster=pg2,cnpg.io/instanceName=pg2-1,");
});

describe("a line of an included file is told with its file", () => {
  const told = (file: string, probes?: string) =>
    render(
      hbaCommand(path(file), { major: 17, ...(probes !== undefined && { probes: path(probes) }) }).report,
      "table",
    );

  test("in the rules and the errors", () => {
    const table = told("pg_hba.conf");
    expect(table).toMatch(/^1 +file +local /m);
    expect(table).toContain(`\n${path("more", "a.conf")}:1  file    host   a `);
    expect(table).toContain(`\n${path("more", "b.conf")}:2  file    host   b `);
    expect(table).toMatch(new RegExp(`^${path("more", "b.conf")}:3 +invalid authentication method`, "m"));
  });

  test("in the decisions", () => {
    expect(told("accepted.conf", "probes.json")).toMatch(
      new RegExp(`^1 +${path("more", "a.conf")}:1 +scram-sha-256$`, "m"),
    );
  });
});

test("what leaves a decision open is told with its file", () => {
  writeFileSync(path("more", "open.conf"), "host all all samenet trust\n");
  writeFileSync(path("open.conf"), "include more/open.conf\n");
  const table = render(hbaCommand(path("open.conf"), { major: 17, probes: path("probes.json") }).report, "table");
  expect(table).toContain(`undecided: line 1 of ${path("more", "open.conf")}: samenet depends`);
});

test("a cell of a Markdown table holds anything", () => {
  expect(markdownTable(["A"], [["a|b"], ["a\\|b"], ["a\\"], ["a\nb\r\nc"]])).toBe(
    ["| A |", "| --- |", "| a\\|b |", "| a\\\\\\|b |", "| a\\\\ |", "| a b c |"].join("\n"),
  );
});
