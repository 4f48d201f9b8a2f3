import { majors } from "../../../policy/analysis/hba/index.ts";
import { differ, report, whyNot } from "../hba/differ.ts";
import type { Tally } from "../hba/differential.ts";
import { shortfalls } from "../hba/minima.ts";
import { policyUnderTest } from "../under-test.ts";

/** So many files for each server at a time: a few seconds each, so that one sees it go on. */
const portion = 200;

/**
 * Compares so many pg_hba files with each of the real servers. Says how it went, and whether nothing differed and every
 * server was asked enough for that to mean anything.
 */
export async function compareFiles(seed: number, files: number): Promise<boolean> {
  const obstacle = whyNot();
  if (obstacle !== undefined) throw new Error(obstacle);
  const all = `${String(files)} files for each of ${String(majors.length)} servers`;
  console.log(`seed ${String(seed)}: ${all}, ${String(files * majors.length)} in all`);
  let tallies: readonly Tally[] = [];
  for (let done = 0; done < files && differencesOf(tallies).length === 0; done += portion) {
    const extent = { seed: seed + done, files: Math.min(portion, files - done), probes: 4, differences: 3 };
    const more = await differ({ ...extent, majors, debian: false, policy: policyUnderTest });
    tallies = done === 0 ? more : tallies.map((tally, index) => together(tally, more[index] ?? tally));
    console.log(`${String(total(tallies))} files, ${String(differencesOf(tallies).length)} differences`);
  }
  const faults = [...differencesOf(tallies), ...tallies.flatMap(shortfalls)];
  console.log([report(tallies), ...faults].join("\n"));
  return faults.length === 0 && tallies.length === majors.length && tallies.every((tally) => tally.files >= files);
}

function total(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { files }) => sum + files, 0);
}

function differencesOf(tallies: readonly Tally[]): readonly string[] {
  return tallies.flatMap(({ differences }) => differences);
}

/** What one server answered in two portions. */
function together(one: Tally, other: Tally): Tally {
  return {
    ...one,
    files: one.files + other.files,
    refused: one.refused + other.refused,
    rows: one.rows + other.rows,
    decisions: one.decisions + other.decisions,
    lines: one.lines + other.lines,
    answers: sums(one.answers, other.answers),
    traps: sums(one.traps, other.traps),
    known: sums(one.known, other.known),
    differences: [...one.differences, ...other.differences],
  };
}

function sums(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
