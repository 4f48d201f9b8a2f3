import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import { userData, type NodeFacts } from "./cloudInit.ts";
import type { Surroundings } from "./network.ts";
import { controlPlaneOf, type Plan, type PlannedNode } from "./plan.ts";

export interface ServersArgs extends Surroundings {
  settings: HetznerSettings;
  plan: Plan;
  /** Labels of everything that belongs to the cluster. */
  labels: Record<string, string>;
  /** Public addresses of the control plane, by server. */
  primaryIps: Map<string, hcloud.PrimaryIp>;
  /** Nodes that nobody may delete by accident, by name. */
  protectedNodes: ReadonlySet<string>;
  /** What first boots need, the same for every node; secret. */
  facts: pulumi.Output<Omit<NodeFacts, "controlPlane" | "authorities">>;
  /** Runs right before a server is stopped to be resized; what it throws keeps the server running. */
  beforeStop: (server: string) => Promise<void>;
  /** CAs for the server that may start the cluster; undefined where the stack has a cluster, so that none is ever started again. */
  authorities: pulumi.Output<Record<string, string>> | undefined;
}

/**
 * The servers, each with the user data that makes it a node. Those of a pool come one after the other: Hetzner stops a
 * server to resize it, and a pool that is stopped whole is a control plane without a quorum, or a database that is away.
 */
export function servers(name: string, args: ServersArgs, opts: pulumi.CustomResourceOptions): hcloud.Server[] {
  const beforeUpdate = [new pulumi.ResourceHook(`${name}-others-up`, (step) => beforeResize(step, args))];
  const made = new Map<string, hcloud.Server>();
  return args.plan.nodes.map((node) => {
    const before = made.get(node.pool);
    const options = { ...opts, hooks: { beforeUpdate }, ...(before && { dependsOn: before }) };
    const one = server(name, node, args, options);
    made.set(node.pool, one);
    return one;
  });
}

async function beforeResize({ oldInputs, newInputs }: pulumi.ResourceHookArgs, args: ServersArgs): Promise<void> {
  const [before, after] = [oldInputs, newInputs] as { name: string; serverType: string }[];
  if (after && before?.serverType !== after.serverType) await args.beforeStop(after.name);
}

function server(name: string, node: PlannedNode, args: ServersArgs, opts: pulumi.CustomResourceOptions): hcloud.Server {
  const { settings, primaryIps } = args;
  const protect = args.protectedNodes.has(node.name);
  const subnet = args.subnets.get(node.pool);
  const group = node.placementGroup === undefined ? undefined : args.placementGroups.get(node.placementGroup);
  const primaryIp = primaryIps.get(node.name);
  return new hcloud.Server(
    `${name}-server-${node.name.slice(settings.clusterName.length + 1)}`,
    {
      name: node.name,
      serverType: node.serverType,
      image: settings.image,
      location: node.location,
      labels: { ...args.labels, role: node.role, nodepool: node.pool },
      // Without aliasIps the server would be detached and attached on every up (pulumi-hcloud#170).
      networks: [{ ...(subnet && { subnetId: subnet.id }), ip: node.privateIp, aliasIps: [] }],
      publicNets: [{ ipv4Enabled: true, ipv6Enabled: false, ...(primaryIp && { ipv4: primaryIp.id.apply(Number) }) }],
      firewallIds: [args.firewall.id.apply(Number)],
      ...(group && { placementGroupId: group.id.apply(Number) }),
      ...(args.sshKeys.length > 0 && { sshKeys: args.sshKeys.map(({ id }) => id) }),
      backups: node.backups,
      userData: nodeUserData(node, args),
      // Hetzner wants both to be the same. A rebuild would run the first boot again, on an empty disk.
      deleteProtection: protect,
      rebuildProtection: protect,
      shutdownBeforeDeletion: true,
    },
    {
      ...opts,
      protect,
      // Names, addresses in the network and primary IPs are taken until the old server is gone.
      deleteBeforeReplace: true,
      // Each would replace a running server. They count for servers made from now on.
      ignoreChanges: ["userData", "image", "sshKeys"],
    },
  );
}

function nodeUserData(node: PlannedNode, args: ServersArgs): pulumi.Output<string> {
  const controlPlane = controlPlaneOf(args.plan, node);
  return pulumi
    .all([args.facts, node.first ? args.authorities : undefined])
    .apply(([facts, authorities]) => userData(args.settings, node, { ...facts, controlPlane, authorities }));
}
