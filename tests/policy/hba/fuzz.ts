import { parseArgs } from "node:util";
import { hba, majors } from "../../../policy/analysis/hba/index.ts";
import { random as seeded } from "../random.ts";
import { policyUnderTest } from "../under-test.ts";
import { differ, report, whyNot } from "./differ.ts";
import { derivedSeed } from "./generate/choose.ts";
import { noise } from "./generate/noise.ts";

// Compares more files with real servers than the tests do, and asks about more noise:
// node tests/policy/hba/fuzz.ts [--files 20000] [--seconds 600] [--seed N]
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "20000" },
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
  },
});
const seed = Number(values.seed);
const longest = 5;

const compared = await compare(Number(values.files));
const survived = ask(Number(values.seconds));
process.exitCode = compared && survived ? 0 : 1;

async function compare(least: number): Promise<boolean> {
  const obstacle = whyNot();
  if (obstacle !== undefined) throw new Error(obstacle);
  const files = Math.ceil(least / majors.length);
  console.log(`seed ${String(seed)}: ${String(files)} files for each of ${String(majors.length)} servers`);
  const extent = { seed, files, probes: 4, differences: 3 };
  const tallies = await differ({ ...extent, majors, debian: false, policy: policyUnderTest });
  const differences = tallies.flatMap((tally) => tally.differences);
  const total = tallies.reduce((sum, tally) => sum + tally.files, 0);
  console.log([report(tallies), ...differences].join("\n"));
  console.log(`${String(total)} files, ${String(differences.length)} differences`);
  return differences.length === 0 && total >= least;
}

/** Asks about noise for a time; any exception ends it. */
function ask(seconds: number): boolean {
  const end = performance.now() + seconds * 1000;
  let asked = 0;
  let slowest = 0;
  for (; performance.now() < end; asked++) {
    const start = process.cpuUsage();
    const own = derivedSeed(seed, asked);
    try {
      hba(noise(seeded(own)));
    } catch (error) {
      console.error(`noise of seed ${String(own)}:`, error);
      return false;
    }
    slowest = Math.max(slowest, process.cpuUsage(start).user / 1e6);
  }
  console.log(`${String(asked)} inputs of any bytes, the slowest took ${slowest.toFixed(2)} s`);
  return slowest < longest;
}
