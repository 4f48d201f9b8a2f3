import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { deleteProtection } from "../../../../policy/rules/cluster/delete-protection.ts";
import { noDeprecatedDatacenter } from "../../../../policy/rules/cluster/no-deprecated-datacenter.ts";
import { findings, resource } from "../lab.ts";

const server = (properties: JsonObject) => resource("hcloud:index/server:Server", properties);
const volume = (properties: JsonObject) => resource("hcloud:index/volume:Volume", { size: 50, ...properties });

test("a server stands at a location", () => {
  expect(findings(noDeprecatedDatacenter, [server({ location: "fsn1" }), server({ datacenter: null })])).toEqual([]);
  // The Talos guide for Hetzner, made a Pulumi program: the primary IPs too.
  const ip = resource("hcloud:index/primaryIp:PrimaryIp", { type: "ipv4", datacenter: "nbg1-dc3" });
  expect(findings(noDeprecatedDatacenter, [server({ datacenter: "fsn1-dc14" }), ip])).toEqual([
    expect.stringContaining('datacenter is "fsn1-dc14"'),
    expect.stringContaining('datacenter is "nbg1-dc3"'),
  ]);
});

describe("delete protection", () => {
  test("holds for volumes and networks", () => {
    expect(findings(deleteProtection, [volume({ deleteProtection: true })])).toEqual([]);
    expect(findings(deleteProtection, [volume({}), volume({ deleteProtection: false })])).toHaveLength(2);
    expect(findings(deleteProtection, [resource("hcloud:index/network:Network", { ipRange: "10.0.0.0/8" })])).toEqual([
      "test (hcloud:index/network:Network): deleteProtection is not set",
    ]);
    expect(findings(deleteProtection, [volume({ deleteProtection: unknownValue })])).toEqual([
      expect.stringMatching(/^undecided: /),
    ]);
  });

  test("holds for servers that are said to hold data", () => {
    const parameters = { servers: "nodepool=db" };
    const both = { deleteProtection: true, rebuildProtection: true };
    const db = { labels: { nodepool: "db" } };
    expect(findings(deleteProtection, [server(db)])).toEqual([]);
    expect(
      findings(deleteProtection, [server({ labels: { nodepool: "web" } }), server({ ...db, ...both })], parameters),
    ).toEqual([]);
    expect(findings(deleteProtection, [server({ ...db, deleteProtection: true })], parameters)).toEqual([
      expect.stringContaining("rebuildProtection is not set"),
    ]);
  });
});
