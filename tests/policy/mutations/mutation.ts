import { beforeAll, describe, expect, test } from "vitest";
import { type Trial, tryTest } from "./trial.ts";

/** A fault of one line in the judges, and the test that must notice it. */
export interface Mutation {
  /** The file below `policy/`. */
  readonly file: string;
  /** The text to replace, which the file has exactly once. */
  readonly from: string;
  readonly to: string;
  /** The test file, from the root of the repository. */
  readonly test: string;
  /** What the run of the test is limited to. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Holds the tests to noticing faults, and first to passing on a copy of the judges without one. */
export function tryMutations(mutations: readonly Mutation[]): void {
  const byTest = [...Map.groupBy(mutations, (mutation) => mutation.test)].map(([file, own]) => ({ file, own }));

  describe.each(byTest)("$file", ({ file, own }) => {
    let sound: Trial | undefined;
    beforeAll(async () => {
      sound = await tryTest({ test: file, ...(own[0]?.env && { env: own[0].env }) });
    });

    test("passes on a copy of the judges without a fault", ({ skip }) => {
      skip(sound?.skipped === true, "the test cannot run here");
      expect(sound?.passed, sound?.output).toBe(true);
    });

    test.for(own)("notices $to in place of $from", async (mutation, { skip }) => {
      skip(sound?.skipped === true, "the test cannot run here");
      const { passed, output } = await tryTest(mutation, mutation);
      expect(passed).toBe(false);
      expect(output).toMatch(/AssertionError/);
    });
  });
}
