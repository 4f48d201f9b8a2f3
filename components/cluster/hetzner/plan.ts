import { host, subnet } from "../../../config/hetzner/cidr.ts";
import { CONTROL_PLANE_TAINT } from "../../../config/hetzner/labels.ts";
import { SERVERS_PER_PLACEMENT_GROUP } from "../../../config/hetzner/limits.ts";
import { databasePools, schedulesOnControlPlane } from "../../../config/hetzner/pools.ts";
import { architectureOf } from "../../../config/hetzner/regions.ts";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";

/** A part of the private network, one a pool. */
export interface PlannedSubnet {
  pool: string;
  ipRange: string;
}

/** A server to be. */
export interface PlannedNode {
  name: string;
  pool: string;
  role: "server" | "agent";
  /** True for the one that may start the cluster. */
  first: boolean;
  serverType: string;
  architecture: "amd64" | "arm64";
  location: string;
  backups: boolean;
  /** Address in the private network. */
  privateIp: string;
  labels: string[];
  taints: string[];
  /** Name of its spread placement group; undefined without one. */
  placementGroup: string | undefined;
}

/** Everything that the settings come to, before any of it exists. */
export interface Plan {
  subnets: PlannedSubnet[];
  placementGroups: string[];
  nodes: PlannedNode[];
  /** Address of the load balancer in the private network; undefined without one. */
  loadBalancerIp: string | undefined;
}

/** Label by which the database finds its pool. A kubelet may give itself labels of this kind, unlike node-role ones. */
export const POOL_LABEL = "hcloud-postgres/nodepool";
/** Label with the k3s release that a node is on, as {@link releaseTag} spells it. */
export const K3S_LABEL = "hcloud-postgres/k3s";

/** kube-hetzner's layout: agents' subnets from below, the control plane's from above, addresses from 101 on. */
const FIRST_ADDRESS = 101;
const LAST_SUBNET = 255;
/** Below the servers: Hetzner keeps the first address of the network for its gateway. */
const LOAD_BALANCER_ADDRESS = 10;

/** The servers, subnets and groups that the settings ask for, in a fixed order. */
export function plan(settings: HetznerSettings): Plan {
  const slice = (index: number) => subnet(settings.networkIpv4Cidr, 24 - prefixBits(settings), index);
  const pools = [
    ...settings.controlPlaneNodepools.map((pool, index) => ({
      pool,
      role: "server" as const,
      ipRange: slice(LAST_SUBNET - index),
      isFirst: index === 0,
    })),
    ...settings.agentNodepools.map((pool, index) => ({
      pool,
      role: "agent" as const,
      ipRange: slice(index),
      isFirst: false,
    })),
  ];
  const nodes = pools.flatMap(({ pool, role, ipRange, isFirst }) =>
    Array.from({ length: pool.count }, (_, index): PlannedNode => {
      const group = `${settings.clusterName}-${pool.name}-${String(Math.floor(index / SERVERS_PER_PLACEMENT_GROUP) + 1)}`;
      return {
        name: `${settings.clusterName}-${pool.name}-${String(index + 1)}`,
        pool: pool.name,
        role,
        first: isFirst && index === 0,
        serverType: pool.serverType,
        architecture: architectureOf(pool.serverType),
        location: pool.location,
        backups: pool.backups,
        privateIp: host(ipRange, FIRST_ADDRESS + index),
        labels: [...pool.labels, `${POOL_LABEL}=${pool.name}`, `${K3S_LABEL}=${releaseTag(settings)}`],
        taints: [
          ...pool.taints,
          ...(role === "server" && !schedulesOnControlPlane(settings) ? [CONTROL_PLANE_TAINT] : []),
        ],
        placementGroup: settings.enablePlacementGroups ? group : undefined,
      };
    }),
  );
  const groups = nodes.flatMap(({ placementGroup }) => placementGroup ?? []);
  return {
    subnets: pools.map(({ pool, ipRange }) => ({ pool: pool.name, ipRange })),
    placementGroups: [...new Set(groups)],
    nodes,
    loadBalancerIp: settings.enableControlPlaneLoadBalancer
      ? host(slice(LAST_SUBNET), LOAD_BALANCER_ADDRESS)
      : undefined,
  };
}

/** Nodes that the database can run on. */
export function databaseNodes(settings: HetznerSettings, { nodes }: Plan): PlannedNode[] {
  const pools = new Set(databasePools(settings).map(({ name }) => name));
  return nodes.filter(({ pool }) => pools.has(pool));
}

/** The k3s release as a label or an image's tag can hold it. */
export function releaseTag({ k3sVersion }: HetznerSettings): string {
  return k3sVersion.replace("+", "-");
}

/** Where a node asks for the control plane at its first boot: the load balancer for agents, then the other servers. */
export function controlPlaneOf({ nodes, loadBalancerIp }: Plan, node: PlannedNode): string[] {
  const others = nodes.filter(({ role, name }) => role === "server" && name !== node.name);
  const balancer = node.role === "agent" && loadBalancerIp !== undefined ? [loadBalancerIp] : [];
  return [...balancer, ...others.map(({ privateIp }) => privateIp)];
}

/** Names and addresses in the API server's certificate, public addresses aside. */
export function plannedSans(settings: HetznerSettings, { nodes, loadBalancerIp }: Plan): string[] {
  return [
    ...nodes.filter(({ role }) => role === "server").map(({ privateIp }) => privateIp),
    ...(loadBalancerIp === undefined ? [] : [loadBalancerIp]),
    ...(settings.kubeconfigServerAddress === undefined ? [] : [settings.kubeconfigServerAddress]),
    ...settings.additionalTlsSans,
  ];
}

/** A taint like "key=value:Effect", in parts. */
export function parsedTaint(taint: string): { key: string; value: string; effect: string } {
  const [, key = "", value = "", effect = ""] = /^([^=]+)=(.*):([A-Za-z]+)$/.exec(taint) ?? [];
  return { key, value, effect };
}

function prefixBits({ networkIpv4Cidr }: HetznerSettings): number {
  return Number(networkIpv4Cidr.split("/")[1]);
}
