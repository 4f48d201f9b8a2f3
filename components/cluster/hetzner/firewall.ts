import type * as hcloud from "@pulumi/hcloud";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";

type Rule = hcloud.types.input.FirewallRule;

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * Rules of the servers' firewall; what no rule lets in is dropped. It filters the public interface alone: nothing in the
 * private network, and no load balancer.
 */
export function firewallRules(settings: HetznerSettings): Rule[] {
  const { firewallKubeApiSource, firewallSshSource } = settings;
  return [
    ...inbound("6443", firewallKubeApiSource, "API server"),
    ...inbound("22", firewallSshSource, "SSH"),
    ...(settings.allowInboundIcmp
      ? [{ direction: "in", protocol: "icmp", sourceIps: ANYWHERE, description: "pings" }]
      : []),
    ...(settings.restrictOutboundTraffic ? OUTBOUND : []),
    ...settings.extraFirewallRules.map(({ port, description, sourceIps, destinationIps, ...rule }) => ({
      ...rule,
      ...(port !== undefined && { port }),
      ...(description !== undefined && { description }),
      ...(sourceIps.length > 0 && { sourceIps }),
      ...(destinationIps.length > 0 && { destinationIps }),
    })),
  ];
}

function inbound(port: string, sourceIps: string[], description: string): Rule[] {
  return sourceIps.length === 0 ? [] : [{ direction: "in", protocol: "tcp", port, sourceIps, description }];
}

/** kube-hetzner's `restrict_outbound_traffic`. */
const OUTBOUND: Rule[] = [
  { protocol: "icmp", description: "pings" },
  { protocol: "tcp", port: "53", description: "DNS" },
  { protocol: "udp", port: "53", description: "DNS" },
  { protocol: "tcp", port: "80", description: "HTTP" },
  { protocol: "tcp", port: "443", description: "HTTPS" },
  { protocol: "udp", port: "123", description: "NTP" },
].map((rule) => ({ direction: "out", destinationIps: ANYWHERE, ...rule }));
