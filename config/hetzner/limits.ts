import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { auditPolicyProblems } from "./auditPolicy.ts";
import { exposures } from "./exposure.ts";
import { firewallProblems } from "./firewall.ts";
import { k3sDigests } from "./k3sReleases.ts";
import { enforcementProblems, rawK3sProblems } from "./k3sSettings.ts";
import { labelProblems } from "./labels.ts";
import { networkProblems } from "./networks.ts";
import { databasePools, keyedPools, openPools, total } from "./pools.ts";
import { architectureOf, FAMILIES_AS_OF, LOCATIONS_BY_REGION, offers } from "./regions.ts";
import { DEFAULT_LOAD_BALANCER, type HetznerSettings } from "./schema.ts";
import { upgradeProblems } from "./upgrades.ts";

/** Hetzner's limits. Source: docs.hetzner.com/cloud (networks, placement groups); kube-hetzner v3.1, validation-contract.tf. */
const ATTACHED_PER_NETWORK = 100;
const PLACEMENT_GROUPS_PER_PROJECT = 50;
export const SERVERS_PER_PLACEMENT_GROUP = 10;
const SUBNETS_PER_NETWORK = 50;

/** What Hetzner, k3s or the guards would refuse late, of a cluster to be made. Keys start with `cluster.hetzner.`. */
export function hetznerProblems(settings: HetznerSettings, database: Config["database"]): Problem[] {
  const problems: Problem[] = [
    ...enforcementProblems(settings),
    ...rawK3sProblems(settings),
    ...exposures(settings),
    ...firewallProblems(settings),
    ...networkProblems(settings),
    ...poolProblems(settings),
    ...labelProblems(settings),
    ...controlPlaneProblems(settings),
    ...versionProblems(settings),
    ...auditPolicyProblems(settings.auditPolicyConfig),
    ...pairProblems(settings),
    ...storageProblems(settings, database),
    ...upgradeProblems(settings, database),
  ];
  return problems.map((problem) => ({ ...problem, key: `cluster.hetzner.${problem.key}` }));
}

function poolProblems(settings: HetznerSettings): Problem[] {
  const all = keyedPools(settings);
  const problems: Problem[] = [];
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
    if (!offers(settings.networkRegion, pool.serverType)) {
      const expected = `a type of the families cpx or ccx in ${settings.networkRegion}: Hetzner has no others there (as of ${FAMILIES_AS_OF})`;
      const fix = "choose another type, or a location in eu-central";
      problems.push({ key: `${key}.serverType`, got: pool.serverType, expected, fix });
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

function controlPlaneProblems(settings: HetznerSettings): Problem[] {
  const count = total(settings.controlPlaneNodepools);
  const problems: Problem[] = [];
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

function versionProblems(settings: HetznerSettings): Problem[] {
  const { k3sVersion, k3sArtifactSha256: configured } = settings;
  const digests = k3sDigests(k3sVersion, configured);
  const needed = new Set(keyedPools(settings).map(({ pool }) => architectureOf(pool.serverType)));
  const missing = [...needed]
    .filter((architecture) => digests[architecture] === undefined)
    .map((architecture) => ({
      key: `k3sArtifactSha256.${architecture}`,
      got: undefined,
      expected: `the checksum of ${k3sVersion} for ${architecture}: this project has not reviewed that release`,
      fix: `copy it from sha256sum-${architecture}.txt of the release, after checking it`,
    }));
  const contradicting = (["amd64", "arm64"] as const).flatMap((architecture) => {
    const [got, known] = [configured[architecture], digests[architecture]];
    if (got === known || got === undefined || known === undefined) return [];
    const expected = `${known}, the reviewed checksum of ${k3sVersion}`;
    const fix = "remove it, after finding out where the other one comes from";
    return [{ key: `k3sArtifactSha256.${architecture}`, got, expected, fix }];
  });
  return [...missing, ...contradicting];
}

/** Settings that contradict each other. */
function pairProblems(settings: HetznerSettings): Problem[] {
  const problems: Problem[] = [];
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
  const servers = total(settings.controlPlaneNodepools);
  if (settings.restoreSnapshot !== undefined && servers > 1) {
    const expected = `nothing with ${String(servers)} control-plane servers: each would start a cluster of its own from it`;
    const fix = "remove it; to restore such a cluster, leave one control-plane server until it runs";
    problems.push({ key: "restoreSnapshot", got: settings.restoreSnapshot, expected, fix });
  }
  if (settings.controlPlaneLoadBalancerType !== DEFAULT_LOAD_BALANCER && !settings.enableControlPlaneLoadBalancer) {
    const expected = "nothing, since enableControlPlaneLoadBalancer is false";
    const fix = "remove it, or set enableControlPlaneLoadBalancer to true";
    problems.push({ key: "controlPlaneLoadBalancerType", got: settings.controlPlaneLoadBalancerType, expected, fix });
  }
  return problems;
}

function storageProblems(settings: HetznerSettings, { storage }: Config["database"]): Problem[] {
  if (settings.databaseStorage === "local") return [];
  const problems: Problem[] = [];
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
