import { describe, expect, test } from "vitest";
import type { Json } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { firewallNotWorldOpen } from "../../../../policy/rules/cluster/firewall-not-world-open.ts";
import { findings, resource } from "../lab.ts";

const world = ["0.0.0.0/0", "::/0"];
const judged = (rules: Json, parameters = {}) =>
  findings(firewallNotWorldOpen, [resource("hcloud:index/firewall:Firewall", { name: "cluster", rules })], parameters);
const inbound = (port: Json, sourceIps: Json, protocol: Json = "tcp") => [
  { direction: "in", protocol, port, sourceIps },
];

describe("accepts", () => {
  test.each<[Json]>([
    [null],
    [[]],
    [inbound("443", world)],
    [inbound("80", ["0.0.0.0/0"])],
    [[{ direction: "in", protocol: "icmp", sourceIps: world }]],
    [[{ direction: "out", protocol: "tcp", port: "any", destinationIps: world }]],
    // Talos on Hetzner: an outbound rule with sources, which Hetzner does not look at.
    [[{ direction: "out", protocol: "tcp", port: "22", sourceIps: ["0.0.0.0/0"] }]],
    // heiyiu/cloud-instance-helper: firewalls.tf, node ports for one household.
    [inbound("30000-32767", ["203.0.113.7/32", "2001:db8:1:2::/64"])],
    [inbound("6443", ["10.0.0.0/8"])],
    // ralscha/blog2022: pulumi-hetzner/index.ts, WireGuard, which asks everybody for a key.
    [inbound("51820", world, "udp")],
  ])("%j", (rules) => {
    expect(judged(rules)).toEqual([]);
  });
});

describe("finds open", () => {
  test.each<[Json, Json, Json, string]>([
    // bigmac2k/terraform-hetzner-k0s-single: firewall.tf; ralscha/blog2022: pulumi-hetzner/index.ts.
    ["22", world, "tcp", "port 22 is open to 0.0.0.0/0 and ::/0"],
    ["6443", world, "tcp", "port 6443"],
    [6443, ["::/0"], "tcp", "port 6443 is open to ::/0"],
    ["5432", ["0.0.0.0/0"], "tcp", "port 5432"],
    ["10250", world, "tcp", "port 10250"],
    ["2379-2380", world, "tcp", "port 2379-2380"],
    ["30080", world, "tcp", "port 30080"],
    ["1-65535", world, "tcp", "port 1-65535"],
    ["any", world, "tcp", "port any"],
    [null, world, "tcp", "port any"],
    ["any", world, "udp", "port any"],
    ["8472", world, "udp", "port 8472"],
    // What gets around a look for 0.0.0.0/0.
    ["22", ["0.0.0.0/1", "128.0.0.0/1"], "tcp", "open to 0.0.0.0/1 and 128.0.0.0/1"],
    ["22", ["198.51.100.7/0"], "tcp", "open to 198.51.100.7/0"],
    ["22", ["0000::/0"], "tcp", "open to 0000::/0"],
    ["22", ["2000::/3"], "tcp", "open to 2000::/3"],
    ["22", ["203.0.113.7/32", "0.0.0.0/0"], "tcp", "open to 0.0.0.0/0"],
  ])("%j to %j over %s", (port, sources, protocol, message) => {
    expect(judged(inbound(port, sources, protocol))).toEqual([expect.stringContaining(message)]);
  });
});

describe("leaves open", () => {
  test.each<[Json]>([
    [unknownValue],
    [inbound("22", unknownValue)],
    [inbound("22", ["203.0.113.7/32", `${unknownValue}/32`])],
  ])("%j", (rules) => {
    expect(judged(rules)).toEqual([expect.stringMatching(/^undecided: .* not known before up$/)]);
  });
  test("but not what is open whatever the rest is", () => {
    expect(judged(inbound("22", ["0.0.0.0/0", unknownValue]))).toEqual([
      expect.stringMatching(/^test .*0\.0\.0\.0\/0$/),
    ]);
    expect(judged(inbound(unknownValue, world))).toHaveLength(1);
    expect(judged(inbound("443", unknownValue))).toEqual([]);
  });
});

test("a team may open a port on purpose, and no other with it", () => {
  expect(judged(inbound("6443", world), { publicPorts: [6443] })).toEqual([]);
  expect(judged(inbound("5432-6443", world), { publicPorts: [6443] })).toHaveLength(1);
});
