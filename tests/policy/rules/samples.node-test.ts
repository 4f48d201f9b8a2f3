import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { rules } from "../../../policy/rules/index.ts";
import { judge } from "../../../policy/rules/judge.ts";
import { stackOf } from "../../../policy/rules/stack.ts";
import { expected } from "./samples.ts";

const module = "github.com/cloudnative-pg/cloudnative-pg";
const pinned = fileURLToPath(new URL("../../../local/tools/cloudnative-pg", import.meta.url));

/** Where Go keeps the module that the local operator is built of; it fetches it where it is not there yet. */
function samplesDirectory(): string {
  const answer = execFileSync("go", ["mod", "download", "-C", pinned, "-json", module], { encoding: "utf8" });
  const { Dir } = JSON.parse(answer) as { Dir: string };
  return join(Dir, "docs/src/samples");
}

const directory = samplesDirectory();
const samples = readdirSync(directory, { encoding: "utf8", recursive: true })
  .filter((name) => name.endsWith(".yaml"))
  .sort()
  .map((name) => ({ name, ...parseManifests(readFileSync(join(directory, name), "utf8"), name) }));

const withKind = (kind: string) =>
  samples.filter(({ objects }) => objects.some((object) => object.kind === kind)).map(({ name }) => name);

test("the samples are there", () => {
  expect(withKind("Cluster").length).toBeGreaterThan(60);
  // Values of a chart, and rules for Prometheus itself.
  expect(samples.filter(({ problems }) => problems.length > 0).map(({ name }) => name)).toEqual([
    "monitoring/alerts.yaml",
    "monitoring/kube-stack-config.yaml",
  ]);
});

test.each(rules.map((rule) => [rule.name, rule] as const))("%s finds what is true, and nothing else", (name, rule) => {
  const found = samples.filter(({ resources }) => judge(rule, stackOf(resources), {}).length > 0);
  const { every, except = [], only = [] } = expected[name] ?? {};
  const wanted = every === undefined ? only : withKind(every).filter((sample) => !except.includes(sample));
  expect(found.map((sample) => sample.name)).toEqual(wanted);
});
