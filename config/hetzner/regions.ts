/**
 * Network zones ("regions" in kube-hetzner) and the locations in each.
 * Source: docs.hetzner.com/cloud/general/locations; kube-hetzner v3.1, `network_region`.
 */
export const LOCATIONS_BY_REGION = {
  "eu-central": ["fsn1", "nbg1", "hel1"],
  "us-east": ["ash"],
  "us-west": ["hil"],
  "ap-southeast": ["sin"],
} as const;

export type Region = keyof typeof LOCATIONS_BY_REGION;
export type Location = (typeof LOCATIONS_BY_REGION)[Region][number];

export const REGIONS = Object.keys(LOCATIONS_BY_REGION) as Region[];
export const LOCATIONS: Location[] = Object.values(LOCATIONS_BY_REGION).flat();

/** Architecture of a server type: Hetzner's Ampere line is called cax. */
export function architectureOf(serverType: string): "amd64" | "arm64" {
  return serverType.startsWith("cax") ? "arm64" : "amd64";
}

/**
 * Families of server types that are in some regions only; the others are everywhere. Sources, the newest of February 2026:
 * Hetzner's support in trailofbits/algo#14562 (no cx in the USA), Hetzner's API ("unsupported location for server type") in
 * roots/trellis-cli#622 and OpenRouterLabs/spawn#825 (cax in fsn1, nbg1 and hel1 alone).
 */
const REGIONS_BY_FAMILY: Record<string, readonly Region[]> = { cx: ["eu-central"], cax: ["eu-central"] };

/** Month of the newest source of {@link offers}, for messages. */
export const FAMILIES_AS_OF = "February 2026";

/** Whether Hetzner has servers of a type's family in a region. */
export function offers(region: Region, serverType: string): boolean {
  return REGIONS_BY_FAMILY[serverType.replace(/[0-9]+$/, "")]?.includes(region) ?? true;
}
