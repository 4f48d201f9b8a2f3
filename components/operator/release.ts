/** The pinned CloudNativePG release. The chart's version is its own: 0.29.0 installs operator 1.30.0. */
export const RELEASE = {
  version: "1.30.0",
  chart: { name: "cloudnative-pg", version: "0.29.0", repository: "https://cloudnative-pg.github.io/charts" },
  manifest: "releases/cnpg-1.30.0.yaml",
} as const;

/** Below this one port 8000 trusts everybody, or pod selectors do not work. */
export const MINIMUM_VERSION = "1.29.2";
/** First version whose port 8000 takes orders from the operator alone; older ones are warned about. */
export const RECOMMENDED_VERSION = "1.30.0";

/** First version that issues clients' certificates, by DatabaseRole. */
export const CERTIFICATES_VERSION = "1.30.0";

/** Order of two versions like "1.29.2": negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/**
 * Requests and limits of the operator's pod. The release manifest's CPU limit (100m) is left out on purpose:
 * a throttled operator is a slow failover.
 */
export const OPERATOR_RESOURCES = {
  requests: { cpu: "100m", memory: "200Mi" },
  limits: { memory: "400Mi" },
};
