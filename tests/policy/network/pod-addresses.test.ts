import { describe, expect, test } from "vitest";
import { overlap } from "../../../policy/analysis/network/cidr.ts";
import { podAddresses } from "../../../policy/analysis/network/pod-addresses.ts";
import { access } from "../../../policy/analysis/access/index.ts";
import { closed, cluster, objectsOf, policy, sound } from "../access/lab.ts";

const template = { addresses: [], hostNetwork: false };
const pods = ["10.42.0.0/16"];

describe("addresses that stand for those of a template", () => {
  test.each([
    ["none of a range aside", ["10.255.0.0/24"], ["10.42.0.1"]],
    ["all of them inside", ["10.0.0.0/8"], ["10.42.0.1"]],
    ["some of them inside", ["10.0.0.0/8", "10.42.7.0/24"], []],
    ["one that a pod may have", ["10.42.7.9/32"], []],
    ["the first of a node's part, which the node has", ["10.42.7.0/32"], ["10.42.0.1"]],
    ["other family", ["2001:db8::/32"], ["10.42.0.1"]],
  ])("%s", (_, cidrs, expected) => {
    expect(podAddresses(template, pods, cidrs)).toEqual(expected);
  });

  test("a pod's own addresses are the answer, and a pod of the host network has none of the pods'", () => {
    expect(podAddresses({ ...template, addresses: ["10.42.1.5"] }, pods, [])).toEqual(["10.42.1.5"]);
    expect(podAddresses({ ...template, hostNetwork: true }, pods, [])).toEqual([]);
  });
});

test.each([
  ["10.0.0.0/8", "10.42.0.0/16", true],
  ["10.42.3.0/24", "10.42.0.0/16", true],
  ["10.43.0.0/16", "10.42.0.0/16", false],
  ["nonsense", "10.42.0.0/16", false],
])("%s and %s overlap: %s", (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});

describe.each(["k3s", "standard"] as const)("a range beside that of the pods (%s)", (engine) => {
  const status = "{ from: [{ ipBlock: { cidr: 10.255.0.0/24 } }], ports: [{ port: 8000 }] }";
  const ranges = cluster(["hostssl app app_user 10.255.0.0/24 scram-sha-256", ...closed]);
  const verdicts = (podCidrs?: readonly string[]) =>
    new Set(
      access(objectsOf(ranges + sound + policy(`[${status}]`, "status")), engine, [], podCidrs)
        .rows.filter(({ source }) => source.kind === "namespace")
        .map(({ verdict }) => verdict),
    );

  test("leaves other pods undecided unless it is known where pods have their addresses", () => {
    expect(verdicts()).toEqual(new Set(["postgres-only", "undecided", "closed"]));
    expect(verdicts(pods)).toEqual(new Set(["closed"]));
  });
});
