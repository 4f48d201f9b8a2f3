import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { majors } from "../../../policy/analysis/hba/index.ts";
import { whyNot } from "../../policy/hba/differ.ts";
import { inNamespaces } from "../../policy/hba/namespace.ts";
import { runOrThrow } from "../../policy/hba/run.ts";
import { titleWithReason } from "../../skipped.ts";
import type { Order, Tally } from "./driver.ts";

const seed = Number(process.env["CLIENTS_SEED"] ?? 1);
const least = {
  accepted: 20,
  refused: 5,
  clients: 150,
  admitted: 70,
  turnedAway: 150,
  pooled: 8,
  poolerLines: 60,
  insiders: 60,
};
const driver = fileURLToPath(new URL("driver.ts", import.meta.url));
const obstacle = whyNot();
if (obstacle !== undefined) console.warn(`lists of clients are not tried at PostgreSQL: ${obstacle}`);

describe.skipIf(obstacle !== undefined)(titleWithReason("generated lists of clients at real servers", obstacle), () => {
  let tallies: readonly Tally[] = [];
  beforeAll(async () => {
    const order: Order = { majors, seed, lists: 60, probes: 12 };
    const [command, ...args] = [...inNamespaces, process.execPath, driver, JSON.stringify(order)];
    tallies = JSON.parse(await runOrThrow(command, args)) as Tally[];
    const shown = tallies.map(({ differences, ...counts }) => ({ ...counts, differences: differences.length }));
    console.log(`seed ${String(seed)} (CLIENTS_SEED)\n${shown.map((one) => JSON.stringify(one)).join("\n")}`);
  }, 300_000);

  test.each(majors)("PostgreSQL %i asks whom it should for a password, and nobody else", (major) => {
    const tally = tallies.find((one) => one.major === major);
    expect(tally?.differences.slice(0, 3)).toEqual([]);
  });

  test.each(majors)("PostgreSQL %i has been asked enough", (major) => {
    const tally = tallies.find((one) => one.major === major);
    for (const [what, count] of Object.entries(least)) {
      expect(tally?.[what as keyof typeof least], what).toBeGreaterThanOrEqual(count);
    }
  });
});
