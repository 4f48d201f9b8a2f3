import { expect, test } from "vitest";
import { networkMutants } from "../../policy/stacks/network-mutants.ts";
import { sample, sampled } from "./sample.ts";
import { tryMutants } from "./trials.ts";

tryMutants(
  "mutants-network",
  sample.filter((mutant) => networkMutants.includes(mutant)),
  2 / 3,
);

test("enough are tried, those of pg_hba included", () => {
  expect(sample).toHaveLength(sampled);
});
