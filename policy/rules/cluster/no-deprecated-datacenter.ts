import type { ResourceRule } from "../rule.ts";
import { hcloud } from "./hcloud.ts";

/** Hetzner's API takes datacenters no more: what names one cannot be created again. */
export const noDeprecatedDatacenter: ResourceRule = {
  scope: "resource",
  name: "no-deprecated-datacenter",
  level: "advisory",
  severity: "low",
  description: "Where a server stands must be said by its location: datacenters are gone from Hetzner's API.",
  fix: 'set location instead: "fsn1" for "fsn1-dc14"',
  url: "https://docs.hetzner.cloud/changelog#2026-07-01-removing-datacenters",
  types: [hcloud.server, hcloud.primaryIp],
  judge({ properties: { datacenter } }) {
    if (typeof datacenter !== "string") return [];
    return [{ path: ["datacenter"], message: `datacenter is ${JSON.stringify(datacenter)}` }];
  },
};
