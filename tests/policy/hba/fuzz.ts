import { parseArgs } from "node:util";
import { majors } from "../../../policy/analysis/hba/index.ts";
import { policyUnderTest } from "../under-test.ts";
import { differ, report, whyNot } from "./differ.ts";

// Compares many more files than the tests do: node tests/policy/hba/fuzz.ts [--files 20000] [--seed N]
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
  },
});
const obstacle = whyNot();
if (obstacle !== undefined) throw new Error(obstacle);
const seed = Number(values.seed);
const files = Math.ceil(Number(values.files) / majors.length);
console.log(`seed ${String(seed)}, ${String(files)} files for each of ${String(majors.length)} servers`);
const tallies = await differ({
  seed,
  files,
  probes: 4,
  differences: 3,
  majors,
  debian: false,
  policy: policyUnderTest,
});
const differences = tallies.flatMap((tally) => tally.differences);
console.log([report(tallies), ...differences].join("\n"));
const compared = tallies.reduce((sum, tally) => sum + tally.files, 0);
console.log(`${String(compared)} files, ${String(differences.length)} differences`);
process.exitCode = differences.length > 0 || compared < Number(values.files) ? 1 : 0;
