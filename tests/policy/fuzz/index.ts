import { parseArgs } from "node:util";
import { compareFiles } from "./compare-files.ts";
import { survive } from "./survive.ts";

// Compares more files with real servers than the tests do, and asks every command about spoilt input for a time:
// npm run fuzz -- [--files 4000] [--seconds 600] [--seed N]; so many files for each major version, which makes 20,000.
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "4000" },
    seconds: { type: "string", default: "600" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
  },
});
const seed = Number(values.seed);
const compared = values.files === "0" || (await compareFiles(seed, Number(values.files)));
const survived = await survive(seed, Number(values.seconds));
process.exitCode = compared && survived ? 0 : 1;
