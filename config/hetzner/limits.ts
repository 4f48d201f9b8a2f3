import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { exposures } from "./exposure.ts";
import { k3sDigests } from "./k3sReleases.ts";
import { enforcementProblems, rawK3sProblems } from "./k3sSettings.ts";
import { networkProblems } from "./networks.ts";
import { databasePools, keyedPools, openPools, total } from "./pools.ts";
import { architectureOf, LOCATIONS_BY_REGION } from "./regions.ts";
import type { HetznerSettings } from "./schema.ts";
import { upgradeProblems } from "./upgrades.ts";

/** Hetzner's limits. Source: docs.hetzner.com/cloud (networks, placement groups); kube-hetzner v3.1, validation-contract.tf. */
const ATTACHED_PER_NETWORK = 100;
const PLACEMENT_GROUPS_PER_PROJECT = 50;
export const SERVERS_PER_PLACEMENT_GROUP = 10;
const SUBNETS_PER_NETWORK = 50;

type Said = Omit<Problem, "key"> & { key: string };

/** What Hetzner, k3s or the guards would refuse late, of a cluster to be made. Keys start with `cluster.hetzner.`. */
export function hetznerProblems(settings: HetznerSettings, database: Config["database"]): Problem[] {
  const problems: Said[] = [
    ...enforcementProblems(settings),
    ...rawK3sProblems(settings),
    ...exposures(settings),
    ...networkProblems(settings),
    ...poolProblems(settings),
    ...controlPlaneProblems(settings),
    ...versionProblems(settings),
    ...pairProblems(settings),
    ...storageProblems(settings, database),
    ...upgradeProblems(settings, database),
  ];
  return problems.map((problem) => ({ ...problem, key: `cluster.hetzner.${problem.key}` }));
}

function poolProblems(settings: HetznerSettings): Said[] {
  const all = keyedPools(settings);
  const problems: Said[] = [];
  const first = new Map<string, string>();
  const locations: readonly string[] = LOCATIONS_BY_REGION[settings.networkRegion];
  for (const { key, pool } of all) {
    const earlier = first.get(pool.name);
    if (earlier !== undefined) {
      const expected = `a name that only one pool has; ${earlier} has it`;
      problems.push({ key: `${key}.name`, got: pool.name, expected, fix: `change ${key}.name` });
    } else first.set(pool.name, `${key}.name`);
    if (!locations.includes(pool.location)) {
      const expected = `a location in networkRegion ${settings.networkRegion} (${locations.join(", ")})`;
      problems.push({
        key: `${key}.location`,
        got: pool.location,
        expected,
        fix: "move the pool, or change networkRegion",
      });
    }
  }
  const attached = total(all.map(({ pool }) => pool)) + (settings.enableControlPlaneLoadBalancer ? 1 : 0);
  if (attached > ATTACHED_PER_NETWORK) {
    const expected = `at most ${String(ATTACHED_PER_NETWORK)} servers and load balancers in a network`;
    problems.push({ key: "agentNodepools", got: `${String(attached)} in all`, expected, fix: "lower counts" });
  }
  if (all.length > SUBNETS_PER_NETWORK) {
    const expected = `at most ${String(SUBNETS_PER_NETWORK)} pools: a network has no more subnets`;
    problems.push({ key: "agentNodepools", got: `${String(all.length)} pools`, expected, fix: "merge pools" });
  }
  const groups = all.reduce((sum, { pool }) => sum + Math.ceil(pool.count / SERVERS_PER_PLACEMENT_GROUP), 0);
  if (settings.enablePlacementGroups && groups > PLACEMENT_GROUPS_PER_PROJECT) {
    const expected = `at most ${String(PLACEMENT_GROUPS_PER_PROJECT)} placement groups in a project, ${String(SERVERS_PER_PLACEMENT_GROUP)} servers each`;
    const fix = "merge pools, or set enablePlacementGroups to false";
    problems.push({ key: "enablePlacementGroups", got: `${String(groups)} groups`, expected, fix });
  }
  const database = settings.databaseNodepool;
  if (database !== undefined && total(databasePools(settings)) === 0) {
    const named = all.flatMap(({ pool }) => (pool.count > 0 ? pool.name : []));
    const expected = `the name of a pool with servers (${named.join(", ")})`;
    problems.push({ key: "databaseNodepool", got: database, expected, fix: "name a pool, or remove it" });
  }
  return problems;
}

function controlPlaneProblems(settings: HetznerSettings): Said[] {
  const count = total(settings.controlPlaneNodepools);
  const problems: Said[] = [];
  if (![1, 3, 5, 7].includes(count)) {
    const expected = "1, 3, 5 or 7 control-plane servers in all: etcd needs a majority, and an even one adds nothing";
    problems.push({ key: "controlPlaneNodepools", got: `${String(count)} in all`, expected, fix: "change a count" });
  }
  if (total(settings.agentNodepools) === 0 && count > 1 && !settings.allowSchedulingOnControlPlane) {
    const expected = "true, since no other server could run anything";
    const fix = "set it to true, or add a pool to agentNodepools";
    problems.push({ key: "allowSchedulingOnControlPlane", got: false, expected, fix });
  }
  if (openPools(settings).length === 0) {
    const expected = "true, or a pool without taints: nothing else takes the operator and the workloads";
    const fix = "set it to true, or add a pool to agentNodepools";
    problems.push({ key: "allowSchedulingOnControlPlane", got: settings.allowSchedulingOnControlPlane, expected, fix });
  }
  return problems;
}

function versionProblems(settings: HetznerSettings): Said[] {
  const digests = k3sDigests(settings.k3sVersion, settings.k3sArtifactSha256);
  const needed = new Set(keyedPools(settings).map(({ pool }) => architectureOf(pool.serverType)));
  return [...needed]
    .filter((architecture) => digests[architecture] === undefined)
    .map((architecture) => ({
      key: `k3sArtifactSha256.${architecture}`,
      got: undefined,
      expected: `the checksum of ${settings.k3sVersion} for ${architecture}: this project has not reviewed that release`,
      fix: `copy it from sha256sum-${architecture}.txt of the release, after checking it`,
    }));
}

/** Settings that contradict each other. */
function pairProblems(settings: HetznerSettings): Said[] {
  const problems: Said[] = [];
  const { flannelBackend, enableCniWireguardEncryption, firewallSshSource, sshPublicKey } = settings;
  if (flannelBackend !== undefined && (flannelBackend === "wireguard-native") !== enableCniWireguardEncryption) {
    const expected = enableCniWireguardEncryption
      ? '"wireguard-native", since enableCniWireguardEncryption is true'
      : "a backend without encryption, since enableCniWireguardEncryption is false";
    problems.push({ key: "flannelBackend", got: flannelBackend, expected, fix: "change one of the two" });
  }
  if (firewallSshSource.length > 0 && sshPublicKey === undefined) {
    const expected = "a key, since firewallSshSource lets somebody in";
    problems.push({ key: "sshPublicKey", got: undefined, expected, fix: "set it, or empty firewallSshSource" });
  }
  if (settings.restoreSnapshot !== undefined && settings.etcdS3Backup === undefined) {
    const expected = "where the snapshot lies, since restoreSnapshot names one";
    problems.push({ key: "etcdS3Backup", got: undefined, expected, fix: "set it, or remove restoreSnapshot" });
  }
  return problems;
}

function storageProblems(settings: HetznerSettings, { storage }: Config["database"]): Said[] {
  if (settings.databaseStorage === "local") return [];
  const problems: Said[] = [];
  if (!settings.enableHetznerCsi) {
    const expected = "true, since databaseStorage asks for Hetzner volumes";
    problems.push({
      key: "enableHetznerCsi",
      got: false,
      expected,
      fix: "set it to true, or databaseStorage to local",
    });
  }
  for (const key of ["size", "walSize"] as const) {
    const size = storage[key];
    if (size === null || gibibytes(size) >= 10) continue;
    const expected = `database.storage.${key} (${size}) of at least 10Gi: Hetzner has no smaller volumes`;
    problems.push({
      key: "databaseStorage",
      got: settings.databaseStorage,
      expected,
      fix: `raise database.storage.${key}`,
    });
  }
  return problems;
}

const UNITS: Record<string, number> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

function gibibytes(quantity: string): number {
  const [, number = "0", unit = ""] = /^([0-9.]+)(.*)$/.exec(quantity) ?? [];
  return (Number(number) * (UNITS[unit] ?? 1)) / 2 ** 30;
}
