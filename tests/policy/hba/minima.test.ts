import { expect, test } from "vitest";
import type { Tally } from "./differential.ts";
import { traps } from "./generate/traps.ts";
import { shortfalls } from "./minima.ts";

const answers = ["none", "reject", "trust", "password", "md5", "scram", "cert", "peer"];
const enough: Tally = {
  server: "PostgreSQL 17",
  major: 17,
  ...{ files: 300, refused: 90, rows: 1500, decisions: 600, lines: 200 },
  answers: Object.fromEntries(answers.map((answer) => [answer, 3])),
  traps: Object.fromEntries(traps.map((trap) => [trap, 20])),
  known: {},
  differences: [],
};

test("a server that was asked enough has no shortfall", () => {
  expect(shortfalls(enough)).toEqual([]);
});

test.each<[string, Partial<Tally>, string]>([
  ["files", { files: 299 }, "299 files, at least 300 wanted"],
  ["refused files", { refused: 89 }, "29.7 percent of the files refused, at least 30 wanted"],
  ["decisions", { decisions: 0 }, "0 decisions, at least 600 wanted"],
  ["a trap", { traps: { ...enough.traps, H5: 19 } }, "19 times trap H5, at least 20 wanted"],
  ["a trap that was never met", { traps: { ...enough.traps, H1: 0 } }, "0 times trap H1, at least 20 wanted"],
  ["an answer", { answers: { ...enough.answers, cert: 2 } }, "2 times the answer cert, at least 3 wanted"],
])("too few: %s", (_case, less, said) => {
  expect(shortfalls({ ...enough, ...less })).toEqual([`PostgreSQL 17: ${said}`]);
});
