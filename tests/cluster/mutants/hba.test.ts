import { hbaMutants } from "../../policy/stacks/hba-mutants.ts";
import { sample } from "./sample.ts";
import { tryMutants } from "./trials.ts";

tryMutants(
  "mutants-hba",
  sample.filter((mutant) => hbaMutants.includes(mutant)),
  1 / 3,
);
