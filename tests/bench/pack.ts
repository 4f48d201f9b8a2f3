import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseManifests } from "../../policy/analysis/load/index.ts";
import { manifests } from "../../policy/bench/input.ts";
import { bundle } from "../../policy/build.ts";
import { installedPulumi } from "../../local/engine/installed.ts";
import { outcome } from "../../local/exec.ts";
import { unbuiltTools } from "../../local/toolchain.ts";
import { Sandbox } from "../cluster/sandbox.ts";
import { PackProcess, type Sent } from "../policy/pack/process.ts";

/** At most so many times what an empty pack takes; and per resource, of 3,000 what it is of 300. */
const limits = { start: 1.2, preview: 1.15, growth: 1.2 };
const repetitions = 3;
const clients = { small: 50, large: 500 };

const root = join(import.meta.dirname, "..", "..");
const pack = join(root, "policy");
const engine = join(root, "local", "engine", "main.ts");

/** A pack that has nothing to say. */
function emptyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), "empty-pack-"));
  mkdirSync(join(folder, "dist"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "version": "0.0.1", "main": "dist/index.cjs" }');
  writeFileSync(
    join(folder, "dist", "index.cjs"),
    'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: [] });\n',
  );
  return folder;
}

/** One database with its clients, six resources each, as the engine sends them. */
function resources(count: number): Sent[] {
  return parseManifests(manifests(count), "bench").resources.map(({ type, name, properties }) => ({
    ...{ type, name, properties },
    urn: `urn:pulumi:dev::bench::${type}::${name}`,
  }));
}

/** The least of some runs: what else the machine does only ever adds. */
async function least(measure: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < repetitions; run++) best = Math.min(best, await measure());
  return best;
}

/** Milliseconds of CPU until a pack is ready. */
async function start(folder: string): Promise<number> {
  const started = await PackProcess.start(folder);
  const { cpu } = started;
  await started.stop();
  return cpu;
}

/** Milliseconds of CPU that the pack takes to judge so many clients' resources, each by itself and all together. */
async function judging(sent: readonly Sent[]): Promise<number> {
  const started = await PackProcess.start(pack);
  const before = started.cpu;
  for (const resource of sent) await started.analyze(resource);
  await started.analyzeStack(sent);
  const spent = started.cpu - before;
  await started.stop();
  return spent;
}

/** Registers what a file holds, without any provider: nothing but the pack takes time for more than to pass it on. */
const program = `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
for (const { type, name, properties } of JSON.parse(readFileSync("resources.json", "utf8"))) {
  new pulumi.ComponentResource(type, name, properties);
}
`;

/** Seconds of CPU that a preview takes, with all that the engine starts for it. */
async function preview({ folder: cwd, env }: Sandbox, folder: string): Promise<number> {
  // A preview that is refused ends its parts at once, and their time is counted nowhere.
  const judged = ["--policy-pack", folder, "--policy-pack-config", "rules.json"];
  const command = [process.execPath, engine, "preview", ...judged, "--non-interactive"];
  const timed = ["-c", 'TIMEFORMAT="cpu %U %S"; time "$@"', "bash", ...command];
  const { code, stdout, stderr } = await outcome("bash", timed, { cwd, env, timeoutSeconds: 600 });
  if (code !== 0) throw new Error(stdout + stderr);
  const [, user = NaN, system = NaN] = /^cpu (\S+) (\S+)$/m.exec(stderr) ?? [];
  return Number(user) + Number(system);
}

function report(what: string, measured: number, base: number, limit: number, unit: string): void {
  const ratio = measured / base;
  const verdict = ratio > limit ? "too slow" : "ok";
  const figures = `${measured.toFixed(2)} ${unit} to ${base.toFixed(2)} ${unit}`;
  console.log(`${what}: ${figures}, ratio ${ratio.toFixed(2)} (at most ${String(limit)}): ${verdict}`);
  if (ratio > limit) process.exitCode = 1;
}

await bundle();
const empty = emptyPack();
try {
  report(
    "pack start, to that of an empty pack",
    await least(() => start(pack)),
    await least(() => start(empty)),
    limits.start,
    "ms of CPU",
  );

  const [small, large] = [resources(clients.small), resources(clients.large)];
  const [ofSmall, ofLarge] = [await least(() => judging(small)), await least(() => judging(large))];
  const title = `judging a resource of ${String(large.length)}, to one of ${String(small.length)}`;
  report(title, ofLarge / large.length, ofSmall / small.length, limits.growth, "ms of CPU");

  if (installedPulumi() === undefined && (await unbuiltTools()).includes("pulumi")) {
    console.log("preview of a large stack: not measured, the engine is not built (npm run local builds it)");
  } else {
    const sandbox = await Sandbox.create({
      "index.ts": program,
      "rules.json": '{ "all": "advisory" }',
      "resources.json": JSON.stringify(large),
    });
    try {
      // Once each: it takes a minute.
      const without = await preview(sandbox, empty);
      const what = `preview of ${String(large.length)} resources, to one with an empty pack`;
      report(what, await preview(sandbox, pack), without, limits.preview, "s of CPU");
    } finally {
      sandbox.remove();
    }
  }
} finally {
  rmSync(empty, { recursive: true });
}
