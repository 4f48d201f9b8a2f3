import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const one = (status: string, title: string, suite = "a suite") => ({ status, title, ancestorTitles: [suite] });

/** What the summary says of a report with these tests. */
function summaryOf(tests: readonly { readonly status: string }[]) {
  const folder = mkdtempSync(join(tmpdir(), "summary-"));
  const file = join(folder, "report.json");
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  const report = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numFailedTestSuites: 0,
    numPendingTests: count("skipped"),
    testResults: [{ name: resolve("tests/some.test.ts"), assertionResults: tests }],
  };
  try {
    writeFileSync(file, JSON.stringify(report));
    const { status, stdout } = spawnSync(process.execPath, ["tests/summary.ts", file], { encoding: "utf8" });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("counts what passed and what failed", () => {
  expect(summaryOf([one("passed", "a"), one("passed", "b")])).toEqual({ status: 0, stdout: "2 passed, 0 failed\n" });
  expect(summaryOf([one("passed", "a"), one("failed", "b")]).status).toBe(1);
  expect(summaryOf([])).toEqual({ status: 1, stdout: "0 passed, 0 failed\n" });
});

test("names each suite of which something was skipped, with how much and why", () => {
  const suite = "real servers (skipped: no network namespace)";
  const tests = [one("passed", "a"), one("skipped", "b", suite), one("skipped", "c", suite), one("skipped", "d")];
  expect(summaryOf(tests)).toEqual({
    status: 0,
    stdout:
      "skipped: 2 of tests/some.test.ts: real servers (skipped: no network namespace)\n" +
      "skipped: 1 of tests/some.test.ts: a suite\n" +
      "1 passed, 0 failed, 3 skipped\n",
  });
});
