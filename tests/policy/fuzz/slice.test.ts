import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { derivedSeed } from "../hba/generate/choose.ts";
import { random } from "../random.ts";
import { askOne, commands, type Outcome } from "./ask.ts";

const seed = Number(process.env["SEED"] ?? "20261124");
const inputs = 400;

test(`every command answers spoilt input, or refuses it in words (seed ${String(seed)})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const outcomes = Array.from({ length: inputs }, (_, index): Outcome => {
      try {
        return askOne(folder, random(derivedSeed(seed, index)));
      } catch (error) {
        throw new Error(`input ${String(index)}`, { cause: error });
      }
    });
    for (const command of commands) {
      const own = outcomes.filter((outcome) => outcome.command === command);
      expect(new Set(own.map(({ answered }) => answered)), command).toEqual(new Set([true, false]));
    }
  } finally {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  }
});
