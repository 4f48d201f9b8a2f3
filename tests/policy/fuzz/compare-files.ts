import { majors } from "../../../policy/analysis/hba/index.ts";
import { differ, report, whyNot } from "../hba/differ.ts";
import { policyUnderTest } from "../under-test.ts";

/** Compares at least so many pg_hba files with real servers; says how it went, and whether nothing differed. */
export async function compareFiles(seed: number, least: number): Promise<boolean> {
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
