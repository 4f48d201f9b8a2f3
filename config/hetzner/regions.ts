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
