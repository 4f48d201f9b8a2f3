import { describe, expect, test } from "vitest";
import { access } from "../../../policy/analysis/access/index.ts";
import type { EngineName } from "../../../policy/analysis/network/reach.ts";
import { closed, cluster, describe as describeRow, objectsOf, policy, pooler, sound } from "./lab.ts";

/** The rows of addresses that get in, with a policy that opens status and metrics to these ranges. */
function rows(cidrs: readonly string[], engine: EngineName = "standard", podCidrs: readonly string[] = []) {
  const peers = cidrs.map((cidr) => `{ ipBlock: { cidr: "${cidr}" } }`).join();
  const extra = policy(`[{ from: [${peers}], ports: [{ port: 8000 }, { port: 9187 }] }]`, "extra");
  return access(objectsOf(cluster(closed) + sound + extra), engine, [], podCidrs)
    .rows.filter(({ source: { kind }, verdict }) => (kind === "cidr" || kind === "anyone") && verdict !== "closed")
    .map(describeRow);
}

describe.each(["standard", "k3s"] as const)("whoever is outside (%s)", (engine) => {
  test.each([["0.0.0.0/0"], ["::/0"]])("gets in by %s", (everything) => {
    expect(rows([everything], engine)).toEqual(
      [8000, 9187].map((port) => `anyone outside the cluster ${String(port)}: open`),
    );
  });
});

describe("a range that policies let through to other ports than PostgreSQL's", () => {
  test.each([
    ["10.255.0.0/24"],
    ["10.1.0.0/16"],
    ["203.0.113.7/32"],
    ["8.8.8.8/32"],
    ["fd00:1::/48"],
    ["2001:db8::1/128"],
  ])("is somebody: %s", (cidr) => {
    expect(rows([cidr])).toEqual([8000, 9187].map((port) => `cidr ${cidr} ${String(port)}: lifeline`));
  });

  test.each([
    ["a half of everything", "0.0.0.0/1"],
    ["the other half", "128.0.0.0/1"],
    ["all of the internet", "2000::/3"],
    ["some of it", "8.8.8.0/24"],
    ["more than private addresses", "10.0.0.0/7"],
    ["a whole private range", "10.0.0.0/8"],
    ["another one", "172.16.0.0/12"],
    ["all private ones of IPv6", "fd00::/8"],
  ])("is anybody: %s, %s", (_, cidr) => {
    expect(rows([cidr])).toEqual([8000, 9187].map((port) => `cidr ${cidr} ${String(port)}: open`));
  });

  test("is anybody where it holds pods", () => {
    expect(rows(["10.42.7.0/24"], "standard", ["10.42.0.0/16"])).toContain("cidr 10.42.7.0/24 8000: open");
    expect(rows(["10.42.7.0/24"], "standard", ["10.43.0.0/16"])).toContain("cidr 10.42.7.0/24 8000: lifeline");
    expect(rows(["10.42.7.0/32"], "standard", ["10.42.0.0/16"])).toContain("cidr 10.42.7.0/32 8000: lifeline");
    expect(rows(["10.42.7.9/32"], "standard", ["10.42.0.0/16"])).toContain("cidr 10.42.7.9/32 8000: open");
  });
});

test("a wide range is no client of a pooler", () => {
  const ref = "- { name: pooler, selector: { matchLabels: { cnpg.io/poolerName: pooler } } }";
  const lines = ["hostssl app app_user ${podselector:pooler} scram-sha-256", "host all all all reject"];
  const to = (cidr: string) =>
    policy(
      `[{ from: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: 5432 }] }]`,
      "to-pooler",
      "{ matchLabels: { cnpg.io/poolerName: pooler } }",
    );
  const verdict = (cidr: string) =>
    access(objectsOf(cluster(lines, ref) + sound + pooler + to(cidr)), "standard", []).rows.find(
      (row) => row.source.cidr === cidr && row.pooler === "pooler" && row.port === 5432,
    )?.verdict;
  expect(verdict("10.255.0.0/24")).toBe("declared");
  expect(verdict("128.0.0.0/1")).toBe("open");
});
