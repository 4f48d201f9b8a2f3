import type { HetznerSettings } from "../../config/hetzner/schema.ts";
import type { Problem } from "../../config/problems.ts";
import { compareVersions } from "../operator/release.ts";
import type { LiveNode } from "./live.ts";

/**
 * Why the pinned k3s must not come to these nodes: no release is taken back, since the database of the API server may have
 * moved on, and none is passed over, since Kubernetes upgrades one minor release at a time.
 */
export function releaseObjections({ k3sVersion }: HetznerSettings, nodes: readonly LiveNode[]): Problem[] {
  const key = "cluster.hetzner.k3sVersion";
  const versions = releases(nodes);
  const [oldest, newest] = [versions[0], versions.at(-1)];
  if (oldest === undefined || newest === undefined) return [];
  if (compareVersions(k3sVersion, newest) < 0) {
    const expected = `${newest} or later: nodes are on it, and none goes back`;
    return [{ key, got: k3sVersion, expected, fix: `set it to ${newest}` }];
  }
  if (minor(k3sVersion) - minor(oldest) < 2) return [];
  const expected = `a release of v1.${String(minor(oldest) + 1)} at most: nodes are on ${oldest}, and no minor release is passed over`;
  return [{ key, got: k3sVersion, expected, fix: "upgrade by one minor release after the other" }];
}

/** What the pinned k3s will not come to by itself. */
export function releaseWarnings(settings: HetznerSettings, nodes: readonly LiveNode[]): string[] {
  const { k3sVersion, systemUpgradeScheduleWindow: window } = settings;
  const [oldest] = releases(nodes);
  if (window !== undefined || oldest === undefined || compareVersions(oldest, k3sVersion) >= 0) return [];
  return [
    `nodes are on k3s ${oldest}, and ${k3sVersion} counts for new servers alone: set cluster.hetzner.systemUpgradeScheduleWindow, or replace server by server`,
  ];
}

/** The nodes' releases, the oldest first; a node that has never been up has none yet. */
function releases(nodes: readonly LiveNode[]): string[] {
  return nodes.flatMap(({ version = "" }) => (version === "" ? [] : version)).sort(compareVersions);
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}
