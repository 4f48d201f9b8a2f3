import { random } from "../../policy/random.ts";
import { hbaMutants } from "../../policy/stacks/hba-mutants.ts";
import type { Mutant } from "../../policy/stacks/mutant.ts";
import { networkMutants } from "../../policy/stacks/network-mutants.ts";

const seed = Number(process.env["SEED"] ?? "20261124");
export const sampled = 30;

/** Some of the mutants that packets and logins show, chosen by SEED; the same in every file. */
export const sample: readonly Mutant[] = random(seed).some([...hbaMutants, ...networkMutants], sampled, sampled);
