import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { serversBehindFirewall } from "../../../../policy/rules/cluster/servers-behind-firewall.ts";
import { findings, resource } from "../lab.ts";

const urnOf = (kind: string, name: string) =>
  `urn:pulumi:dev::p::hcloud:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}::${name}`;
const hcloud = (kind: string, properties: JsonObject, references: Record<string, string[]> = {}, name = "one") =>
  resource(`hcloud:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`, properties, { name, references });

const server = (properties: JsonObject, references: Record<string, string[]> = {}) =>
  hcloud("Server", { serverType: "cx23", image: "debian-13", ...properties }, references);
const judged = (...resources: Parameters<typeof findings>[1][]) =>
  findings(serversBehindFirewall, resources.flat() as never);
const firewall = urnOf("Firewall", "cluster");

describe("accepts", () => {
  test("a firewall on the server, known or not", () => {
    expect(judged([server({ firewallIds: [42] })])).toEqual([]);
    expect(judged([server({ firewallIds: [unknownValue] }, { firewallIds: [firewall] })])).toEqual([]);
  });

  test("a server that nobody outside can reach", () => {
    expect(judged([server({ publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }] })])).toEqual([]);
  });

  // ralscha/blog2022: pulumi-hetzner/index.ts, "Attach the Firewall to the Server".
  test("an attachment made of the server, before there are ids and after", () => {
    const attachment = (serverIds: JsonObject[string]) =>
      hcloud("FirewallAttachment", { firewallId: unknownValue, serverIds }, { serverIds: [urnOf("Server", "one")] });
    expect(judged([server({}), attachment([unknownValue])])).toEqual([]);
    expect(judged([server({ id: "7" }), attachment([7])])).toEqual([]);
  });

  test("an attachment to a server's number", () => {
    const attachment = hcloud("FirewallAttachment", { firewallId: 42, serverIds: [7] });
    expect(judged([server({ id: "7" }), attachment])).toEqual([]);
  });

  test.each([
    ["role=agent"],
    ["role==agent,pool in (db, web)"],
    ["pool notin (web),!spare"],
    ["role"],
    ["role!=server"],
  ])("the labels %s", (selector) => {
    const labelled = server({ labels: { role: "agent", pool: "db" } });
    expect(judged([labelled, hcloud("FirewallAttachment", { firewallId: 42, labelSelectors: [selector] })])).toEqual(
      [],
    );
    // bigmac2k/terraform-hetzner-k0s-single: firewall.tf, apply_to.
    expect(judged([labelled, hcloud("Firewall", { applyTos: [{ labelSelector: selector }] })])).toEqual([]);
  });
});

describe("finds", () => {
  const bare = ["one (hcloud:index/server:Server): it has a public address and no firewall"];

  test.each<[JsonObject]>([
    [{}],
    [{ firewallIds: [] }],
    [{ publicNets: [{ ipv4Enabled: false }] }],
    [{ publicNets: [{ ipv4Enabled: true, ipv6Enabled: false }] }],
  ])("a server with %j", (properties) => {
    expect(judged([server(properties)])).toEqual(bare);
  });

  // A preview: Hetzner will say which firewalls there are, and the program names none.
  test("a firewall that only Hetzner could add", () => {
    expect(judged([server({ firewallIds: unknownValue })])).toEqual(bare);
    expect(judged([server({}), hcloud("Firewall", { rules: [], applyTos: unknownValue })])).toEqual(bare);
  });

  test("attachments of others", () => {
    const other = { serverIds: [urnOf("Server", "other")] };
    expect(judged([server({}), hcloud("FirewallAttachment", { serverIds: [unknownValue] }, other)])).toEqual(bare);
    expect(judged([server({ id: "7" }), hcloud("FirewallAttachment", { serverIds: [8] })])).toEqual(bare);
    const selector = hcloud("FirewallAttachment", { labelSelectors: ["role=server", "not a selector"] });
    expect(judged([server({ labels: { role: "agent" } }), selector])).toEqual(bare);
  });
});

describe("leaves open", () => {
  const open = [expect.stringMatching(/^undecided: .* not known before up$/)];
  test("whom a number means that nobody knows yet", () => {
    expect(judged([server({}), hcloud("FirewallAttachment", { serverIds: [unknownValue] })])).toEqual(open);
  });
  test("labels that are not known yet", () => {
    const attachment = hcloud("FirewallAttachment", { labelSelectors: ["role=agent"] });
    expect(judged([server({ labels: { role: unknownValue } }), attachment])).toEqual(open);
    expect(
      judged([server({ labels: {} }), hcloud("Firewall", { applyTos: [{ labelSelector: unknownValue }] })]),
    ).toEqual(open);
  });
});
