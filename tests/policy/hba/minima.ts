import type { Tally } from "./differential.ts";
import { traps } from "./generate/traps.ts";

/** How much has to be compared with each server before it means anything that nothing differs. */
export const least = { files: 300, rows: 1500, decisions: 600, lines: 200, trap: 20, refusedPercent: 30, answer: 3 };

const answers = ["none", "reject", "trust", "password", "md5", "scram", "cert", "peer"];

/** In which respects a server has not been asked enough; nothing where it has. */
export function shortfalls(tally: Tally): readonly string[] {
  const { files, refused, rows, decisions, lines } = tally;
  const counted: readonly (readonly [string, number, number])[] = [
    ["files", files, least.files],
    ["percent of the files refused", files === 0 ? 0 : (100 * refused) / files, least.refusedPercent],
    ["rows", rows, least.rows],
    ["decisions", decisions, least.decisions],
    ["decisions with the line", lines, least.lines],
    ...traps.map((trap) => [`times trap ${trap}`, tally.traps[trap] ?? 0, least.trap] as const),
    ...answers.map((answer) => [`times the answer ${answer}`, tally.answers[answer] ?? 0, least.answer] as const),
  ];
  return counted
    .filter(([, count, minimum]) => count < minimum)
    .map(([what, count, minimum]) => `${tally.server}: ${shown(count)} ${what}, at least ${shown(minimum)} wanted`);
}

function shown(count: number): string {
  return String(Number(count.toFixed(1)));
}
