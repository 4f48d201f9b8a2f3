import { beforeAll, describe, expect, test } from "vitest";
import { majors as known } from "../../../policy/analysis/hba/index.ts";
import { titleWithReason } from "../../skipped.ts";
import { policyUnderTest } from "../under-test.ts";
import { differ, report, whyNot } from "./differ.ts";
import type { Tally } from "./differential.ts";
import { least, shortfalls } from "./minima.ts";
import { ipv4, ipv6 } from "./world.ts";

const wanted = process.env["HBA_MAJORS"]?.split(",").map(Number);
const majors = known.filter((major) => wanted?.includes(major) ?? true);
const seed = Number(process.env["HBA_SEED"] ?? 1);
const obstacle = whyNot();
if (obstacle !== undefined) console.warn(`pg_hba is not compared with PostgreSQL: ${obstacle}`);

describe.skipIf(obstacle !== undefined)(titleWithReason("generated files at real servers", obstacle), () => {
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
    expect(shortfalls(tally)).toEqual([]);
  });
});

test("clients come from enough addresses", () => {
  expect(ipv4.size).toBeGreaterThanOrEqual(16);
  expect(ipv6.size).toBeGreaterThanOrEqual(8);
});
