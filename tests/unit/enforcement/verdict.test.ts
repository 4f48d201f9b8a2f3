import { describe, expect, it } from "vitest";
import type { Answer } from "../../../components/enforcement/probe.ts";
import { conclude, decide, isOpen, type Round, type Sighting } from "../../../components/enforcement/verdict.ts";

const connected: Answer = { outcome: "connected", message: "" };
const refused: Answer = { outcome: "refused", message: "Connection refused" };
const timeout: Answer = { outcome: "timeout", message: "no answer within 2 s" };
const error: Answer = { outcome: "error", message: "exec: container not found" };

const sighting = (node: string, denied: Answer, before = connected, after = connected): Sighting => ({
  node,
  denied,
  allowed: [before, after],
});
const open: Round[] = [[sighting("a", connected), sighting("b", connected)]];
const rounds = (count: number, round: Round): Round[] => Array.from({ length: count }, () => round);
const guarded = rounds(3, [sighting("b", timeout), sighting("a", refused)]);

describe("isOpen", () => {
  it("wants every client to reach every canary", () => {
    expect(isOpen(open[0])).toBe(true);
    expect(isOpen(undefined)).toBe(false);
    expect(isOpen([sighting("a", connected), sighting("b", refused)])).toBe(false);
    expect(isOpen([sighting("a", connected, connected, timeout)])).toBe(false);
  });
});

describe("decide", () => {
  it("says enforced after three looks in a row on which every node agrees, and quotes what the denied client got", () => {
    const verdict = decide({ open, guarded });
    expect(verdict?.kind).toBe("enforced");
    expect(verdict?.message).toMatch(
      /enforced on a, b: .*failed 3 times in a row \(no answer within 2 s, Connection refused\)/,
    );
  });

  it.each<[string, Round[]]>([
    ["only two looks", guarded.slice(1)],
    ["one node still lets the denied client in", rounds(3, [sighting("a", refused), sighting("b", connected)])],
    [
      "the denied client got in once among the last three",
      [...guarded, [sighting("a", connected)], ...guarded.slice(1)],
    ],
    ["the allowed client failed before", rounds(3, [sighting("a", refused, refused)])],
    ["the allowed client failed after", rounds(3, [sighting("a", refused, connected, refused)])],
    ["the denied client could not be asked", rounds(3, [sighting("a", error)])],
  ])("keeps looking when %s", (_, looks) => {
    expect(decide({ open, guarded: looks })).toBeUndefined();
  });

  it("forgets failures from before the policy took hold", () => {
    expect(decide({ open, guarded: [...rounds(5, [sighting("a", connected)]), ...guarded] })?.kind).toBe("enforced");
  });

  it("never says enforced without connectivity to start from", () => {
    expect(decide({ open: [[sighting("a", refused)]], guarded })).toBeUndefined();
  });
});

describe("conclude", () => {
  it("says not enforced where the denied client always connected, and names only those nodes", () => {
    const looks = rounds(3, [sighting("a", refused), sighting("b", connected)]);
    const { kind, message } = conclude({ open, guarded: looks }, 30);
    expect(kind).toBe("not enforced");
    expect(message).toMatch(/not enforced on b: the denied client still connected 30 s/);
  });

  it("says no connectivity, with who failed and why, when the clients never connected without a policy", () => {
    const { kind, message } = conclude({ open: [[sighting("a", timeout, connected, refused)]], guarded: [] }, 30);
    expect(kind).toBe("no connectivity");
    expect(message).toContain(
      "the allowed client to a: Connection refused; the denied client to a: no answer within 2 s",
    );
  });

  it("says allowed client blocked when the policy shuts out both", () => {
    const { kind, message } = conclude({ open, guarded: rounds(3, [sighting("a", refused, refused, timeout)]) }, 30);
    expect(kind).toBe("allowed client blocked");
    expect(message).toContain("(Connection refused, no answer within 2 s)");
  });

  it("says not enforced rather than blocked where one node leaks and another shuts out", () => {
    const looks = rounds(3, [sighting("a", refused, refused, refused), sighting("b", connected)]);
    expect(conclude({ open, guarded: looks }, 30).kind).toBe("not enforced");
  });

  it.each<[string, Round[], Round[], RegExp]>([
    ["nothing was seen", [], [], /no probe answered/],
    ["nobody could be asked at first", [[sighting("a", connected, error)]], [], /container not found/],
    ["too little was seen", open, guarded.slice(1), /only 2 looks/],
    ["answers changed", open, [...guarded.slice(1), [sighting("a", connected)]], /changed from look to look/],
    ["the denied client could not be asked", open, rounds(3, [sighting("a", error)]), /container not found/],
  ])("stays undecided, and says why, when %s", (_, before, after, why) => {
    const { kind, message } = conclude({ open: before, guarded: after }, 12.4);
    expect(kind).toBe("undecided");
    expect(message).toMatch(/undecided after 12 s/);
    expect(message).toMatch(why);
  });
});
