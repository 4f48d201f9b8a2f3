import { describe, expect, it } from "vitest";
import { acknowledgements, drillRows, type DrillFacts } from "../../../local/proof/drill.ts";

const limits = { writers: 4, acknowledgements: 500, takeoverSeconds: 60, readySeconds: 180 };
const killed = {
  primary: "pg-1",
  successor: "pg-2",
  takeoverSeconds: 3.94,
  resumedSeconds: 5.1,
  readySeconds: 41,
  instances: { ready: 3, wanted: 3 },
  rows: { acknowledged: 812, lost: [] },
} satisfies DrillFacts["killed"];
const observed = (facts: DrillFacts) => drillRows(facts, limits).map((row) => [row.observed, row.ok]);

describe("acknowledgements", () => {
  it("reads every whole line of every writer, and nothing else", () => {
    const logs = [
      "psql: error: connection refused\nwriter-a/1/0 10.244.0.7\nwriter-a/1/1 10.244.0.7\nwriter-a/1/2 10.24",
      "writer-b/12/340 fd00::7\nERROR:  relation does not exist\n",
      "",
    ];
    expect(acknowledgements(logs)).toEqual([
      { id: "writer-a/1/0", server: "10.244.0.7" },
      { id: "writer-a/1/1", server: "10.244.0.7" },
      { id: "writer-b/12/340", server: "fd00::7" },
    ]);
  });
});

describe("drillRows", () => {
  it("is green when everything held", () => {
    expect(observed({ acknowledgedBefore: 523, killed })).toEqual([
      ["523 rows acknowledged", true],
      ["after 3.9 s", true],
      ["after 5.1 s", true],
      ["none lost", true],
      ["after 41.0 s", true],
    ]);
  });

  it("stops at too little load: a failover without it proves nothing", () => {
    expect(observed({ acknowledgedBefore: 499 })).toEqual([["499 rows acknowledged", false]]);
  });

  it("is red for one lost row, and names it", () => {
    const rows = { acknowledged: 812, lost: ["writer-a/1/7"] };
    const lost = drillRows({ acknowledgedBefore: 500, killed: { ...killed, rows } }, limits)[3];
    expect(lost).toMatchObject({ observed: "1 lost", message: "812 acknowledged in all, writer-a/1/7", ok: false });
  });

  it("is red in all that follows when no other instance takes over", () => {
    const stuck = { primary: "pg-1", instances: { ready: 1, wanted: 3 } };
    expect(observed({ acknowledgedBefore: 500, killed: stuck })).toEqual([
      ["500 rows acknowledged", true],
      ["not within 60 s", false],
      ["not within 60 s", false],
      ["no primary to ask", false],
      ["not within 180 s", false],
    ]);
  });

  it("is red for what came too late", () => {
    const late = { ...killed, takeoverSeconds: 60.1, readySeconds: 181 };
    expect(observed({ acknowledgedBefore: 500, killed: late }).filter(([, ok]) => ok === false)).toEqual([
      ["after 60.1 s", false],
      ["after 181.0 s", false],
    ]);
  });
});
