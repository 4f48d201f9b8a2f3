import { expect, test } from "vitest";
import { hba } from "../../../policy/analysis/hba/index.ts";
import { random as seeded } from "../random.ts";
import { derivedSeed } from "./generate/choose.ts";
import { noise } from "./generate/noise.ts";

const seed = Number(process.env["HBA_SEED"] ?? 1);
const count = 600;

test(`${String(count)} inputs of any bytes get an answer (seed ${String(seed)}, HBA_SEED)`, () => {
  for (let index = 0; index < count; index++) {
    const args = noise(seeded(derivedSeed(seed, index)));
    const report = hba(args);
    expect(report.decisions).toHaveLength(args.probes?.length ?? 0);
    expect(report.accepted).toBe(report.errors.length === 0);
  }
});
