import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { manifests, namedLines, rangeLines, rangePolicies } from "./input.ts";

/** Ten times as much of something may take at most so many times the CPU, and for clients at most so many milliseconds. */
const limits = { milliseconds: 1000, ratio: 15 };
const repetitions = 3;

const shapes = [
  { what: "clients", make: manifests, sizes: [100, 1000], milliseconds: limits.milliseconds },
  { what: "lines of pg_hba", make: namedLines, sizes: [1000, 10_000], milliseconds: Infinity },
  { what: "ranges in pg_hba", make: rangeLines, sizes: [300, 3000], milliseconds: Infinity },
  { what: "ranges in policies", make: rangePolicies, sizes: [100, 1000], milliseconds: Infinity },
] as const;

interface Measurement {
  readonly rows: number;
  readonly milliseconds: number;
}

/**
 * The fastest of some runs, each in a process of its own: what else the machine does only ever adds. On one CPU, since
 * threads on two that share a core wait for each other, and CPU time counts that as work.
 */
function measure(input: string): Measurement {
  const run = ["--cpu-list", "0", process.execPath, fileURLToPath(new URL("run.ts", import.meta.url))];
  const runs = Array.from(
    { length: repetitions },
    () => JSON.parse(execFileSync("taskset", run, { input }).toString()) as Measurement,
  );
  return runs.reduce((best, run) => (run.milliseconds < best.milliseconds ? run : best));
}

for (const { what, make, sizes, milliseconds: most } of shapes) {
  const [small, large] = sizes.map((size) => {
    const measured = measure(make(size));
    console.log(
      `access, ${String(size)} ${what}: ${String(measured.rows)} rows in ${measured.milliseconds.toFixed(0)} ms of CPU`,
    );
    return measured.milliseconds;
  }) as [number, number];
  const ratio = large / small;
  console.log(`ratio: ${ratio.toFixed(1)} (at most ${String(limits.ratio)})`);
  if (large > most) console.log(`too slow: at most ${String(most)} ms`);
  if (ratio > limits.ratio || large > most) process.exitCode = 1;
}
