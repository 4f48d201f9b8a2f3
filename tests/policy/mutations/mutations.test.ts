import { beforeAll, describe, expect, test } from "vitest";
import { hbaMutations } from "./hba.ts";
import { type Trial, tryTest } from "./mutant.ts";
import { networkMutations } from "./network.ts";
import { rbacMutations } from "./rbac.ts";

const mutations = [...hbaMutations, ...networkMutations, ...rbacMutations];
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
