import { list, text, type Json } from "../../analysis/json.ts";
import type { Resource } from "../../analysis/resources.ts";
import { anyOf, type Trilean } from "../../analysis/trilean.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Stack } from "../stack.ts";

/** Pulumi's type tokens, as of @pulumi/hcloud 1.41. */
export const hcloud = {
  firewall: "hcloud:index/firewall:Firewall",
  firewallAttachment: "hcloud:index/firewallAttachment:FirewallAttachment",
  loadBalancer: "hcloud:index/loadBalancer:LoadBalancer",
  loadBalancerNetwork: "hcloud:index/loadBalancerNetwork:LoadBalancerNetwork",
  loadBalancerService: "hcloud:index/loadBalancerService:LoadBalancerService",
  network: "hcloud:index/network:Network",
  primaryIp: "hcloud:index/primaryIp:PrimaryIp",
  server: "hcloud:index/server:Server",
  volume: "hcloud:index/volume:Volume",
} as const;

export function ofType({ resources }: Stack, type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/**
 * Whether a property's value, an id or a list of them, names a resource. What the property was made of tells so before
 * there are ids. Undecided where an id may be anybody's.
 */
export function refersTo(from: Resource, property: string, to: Resource, value = from.properties[property]): Trilean {
  if (from.references?.[property]?.includes(to.urn) === true) return true;
  if (isUnknown(value)) return isComputed(from, property) ? false : null;
  const ids: readonly Json[] = Array.isArray(value) ? list(value) : [value ?? null];
  const made = from.references?.[property] ?? [];
  return anyOf(ids, (id) => {
    if (id === null) return false;
    if (isUnknown(id)) return made.length > 0 ? false : null;
    const own = to.properties["id"] ?? null;
    return own === null || isUnknown(own) ? null : written(id) === written(own);
  });
}

/** Ids are strings where they are made, and numbers where they are named. */
function written(id: Json): string | undefined {
  return typeof id === "number" ? String(id) : text(id);
}

/** Whether a value that is not known yet will come from Hetzner, because the program sets none. */
export function isComputed({ references, properties }: Resource, property: string): boolean {
  return isUnknown(properties[property]) && references !== undefined && !Object.hasOwn(references, property);
}
