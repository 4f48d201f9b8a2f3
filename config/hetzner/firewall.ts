import type { Problem } from "../problems.ts";
import { firstAddressProblem } from "../ranges.ts";
import type { HetznerSettings } from "./schema.ts";

/** Networks in the firewall that Hetzner would refuse, and an API server that nobody reaches. */
export function firewallProblems(settings: HetznerSettings): Problem[] {
  const { firewallKubeApiSource, firewallSshSource, extraFirewallRules } = settings;
  return [
    ...nobody(firewallKubeApiSource),
    ...ranges("firewallKubeApiSource", firewallKubeApiSource),
    ...ranges("firewallSshSource", firewallSshSource),
    ...extraFirewallRules.flatMap(({ sourceIps, destinationIps }, index) => [
      ...ranges(`extraFirewallRules[${String(index)}].sourceIps`, sourceIps),
      ...ranges(`extraFirewallRules[${String(index)}].destinationIps`, destinationIps),
    ]),
  ];
}

function nobody(sources: readonly string[]): Problem[] {
  if (sources.length > 0) return [];
  const expected = "at least one network, that of pulumi up: it waits for the API server, and would do so in vain";
  return [{ key: "firewallKubeApiSource", got: sources, expected, fix: "name the networks that need it" }];
}

/** Source: hetznercloud/terraform-provider-hcloud, internal/firewall/validation.go. */
function ranges(key: string, cidrs: readonly string[]): Problem[] {
  return cidrs.flatMap((cidr, index) => firstAddressProblem(cidr, `${key}[${String(index)}]`));
}
