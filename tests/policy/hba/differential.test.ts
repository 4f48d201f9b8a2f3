import { beforeAll, describe, expect, test } from "vitest";
import { majors as known } from "../../../policy/analysis/hba/index.ts";
import { policyUnderTest } from "../under-test.ts";
import { differ, report, whyNot } from "./differ.ts";
import type { Tally } from "./differential.ts";
import { traps } from "./generate/traps.ts";
import { ipv4, ipv6 } from "./world.ts";

const wanted = process.env["HBA_MAJORS"]?.split(",").map(Number);
const majors = known.filter((major) => wanted?.includes(major) ?? true);
const seed = Number(process.env["HBA_SEED"] ?? 1);
const least = { files: 300, rows: 1500, decisions: 600, lines: 200, trap: 20, refused: 0.3, answer: 3 };
const obstacle = whyNot();
if (obstacle !== undefined) console.warn(`pg_hba is not compared with PostgreSQL: ${obstacle}`);

describe.skipIf(obstacle !== undefined)("generated files at real servers", () => {
  let tallies: readonly Tally[] = [];
  beforeAll(async () => {
    const extent = { seed, files: least.files, probes: 4, differences: 3 };
    tallies = await differ({ ...extent, majors, debian: wanted === undefined, policy: policyUnderTest });
    console.log(`seed ${String(seed)} (HBA_SEED)\n${report(tallies)}`);
  }, 300_000);

  test.each(majors)("PostgreSQL %i reads every file and answers every connection as we say", (major) => {
    const own = tallies.filter((tally) => tally.major === major);
    expect(own.length).toBeGreaterThan(0);
    expect(own.flatMap(({ differences }) => differences).join("\n")).toBe("");
  });

  test.each(majors)("PostgreSQL %i has been asked enough", (major) => {
    const tally = tallies.find((each) => each.major === major);
    if (tally === undefined) throw new Error("no such server was asked");
    expect(tally.files).toBeGreaterThanOrEqual(least.files);
    expect(tally.refused / tally.files).toBeGreaterThanOrEqual(least.refused);
    expect(tally.rows).toBeGreaterThanOrEqual(least.rows);
    expect(tally.decisions).toBeGreaterThanOrEqual(least.decisions);
    expect(tally.lines).toBeGreaterThanOrEqual(least.lines);
    for (const trap of traps) expect(tally.traps[trap], trap).toBeGreaterThanOrEqual(least.trap);
    for (const answer of ["none", "reject", "trust", "password", "md5", "scram", "cert", "peer"]) {
      expect(tally.answers[answer] ?? 0, answer).toBeGreaterThanOrEqual(least.answer);
    }
  });
});

test("clients come from enough addresses", () => {
  expect(ipv4.size).toBeGreaterThanOrEqual(16);
  expect(ipv6.size).toBeGreaterThanOrEqual(8);
});
