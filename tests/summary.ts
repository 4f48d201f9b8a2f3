import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** The part of vitest's JSON report that is counted. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  numPendingTests: number;
  testResults: { name: string; assertionResults: Test[] }[];
}

interface Test {
  status: string;
  title: string;
  ancestorTitles: string[];
}

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
const sum = (count: (report: Report) => number) => reports.reduce((total, report) => total + count(report), 0);

const passed = sum(({ numPassedTests }) => numPassedTests);
// A suite that failed before its first test has no failed test to count.
const failed = sum(({ numFailedTests, numFailedTestSuites }) =>
  Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0),
);
const skipped = sum(({ numPendingTests }) => numPendingTests);

// A suite that is skipped has its reason in its title: what was not tried must not look like what passed.
const untried = new Map<string, number>();
for (const { name, assertionResults } of reports.flatMap(({ testResults }) => testResults)) {
  for (const { title, ancestorTitles } of assertionResults.filter(({ status }) => status === "skipped")) {
    const suite = `${relative(".", name)}: ${ancestorTitles[0] ?? title}`;
    untried.set(suite, (untried.get(suite) ?? 0) + 1);
  }
}
for (const [suite, count] of untried) process.stdout.write(`skipped: ${String(count)} of ${suite}\n`);

process.stdout.write(
  `${String(passed)} passed, ${String(failed)} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ""}\n`,
);
if (failed > 0 || passed === 0) process.exitCode = 1;
