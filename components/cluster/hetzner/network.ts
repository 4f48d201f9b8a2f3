import * as hcloud from "@pulumi/hcloud";
import type * as pulumi from "@pulumi/pulumi";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import { firewallRules } from "./firewall.ts";
import type { Plan } from "./plan.ts";

export interface NetworkArgs {
  settings: HetznerSettings;
  plan: Plan;
  labels: Record<string, string>;
  /** Refuse to delete the network, in Pulumi and at Hetzner. */
  protect: boolean;
}

/** What servers are attached to. */
export interface Surroundings {
  network: hcloud.Network;
  /** By pool. */
  subnets: Map<string, hcloud.NetworkSubnet>;
  firewall: hcloud.Firewall;
  /** By name. */
  placementGroups: Map<string, hcloud.PlacementGroup>;
  /** Keys for SSH; none in most clusters. */
  sshKeys: hcloud.SshKey[];
}

/** Network with a subnet a pool, firewall, placement groups, and the key for SSH where there is one. */
export function surroundings(name: string, args: NetworkArgs, opts: pulumi.CustomResourceOptions): Surroundings {
  const { settings, plan, labels, protect } = args;
  const { clusterName } = settings;
  const network = new hcloud.Network(
    `${name}-network`,
    { name: clusterName, ipRange: settings.networkIpv4Cidr, deleteProtection: protect, labels },
    { ...opts, protect },
  );
  const subnets = plan.subnets.map(({ pool, ipRange }) => {
    const subnet = new hcloud.NetworkSubnet(
      `${name}-subnet-${pool}`,
      { networkId: network.id.apply(Number), type: "cloud", networkZone: settings.networkRegion, ipRange },
      opts,
    );
    return [pool, subnet] as const;
  });
  const firewall = new hcloud.Firewall(
    `${name}-firewall`,
    { name: clusterName, rules: firewallRules(settings), labels },
    opts,
  );
  const placementGroups = plan.placementGroups.map((group) => {
    const suffix = group.slice(clusterName.length + 1);
    const created = new hcloud.PlacementGroup(
      `${name}-spread-${suffix}`,
      { name: group, type: "spread", labels },
      opts,
    );
    return [group, created] as const;
  });
  const { sshPublicKey: publicKey } = settings;
  const sshKeys =
    publicKey === undefined
      ? []
      : [new hcloud.SshKey(`${name}-ssh-key`, { name: clusterName, publicKey, labels }, opts)];
  return { network, subnets: new Map(subnets), firewall, placementGroups: new Map(placementGroups), sshKeys };
}

/** A load balancer for the API server that the private network alone reaches. */
export function privateLoadBalancer(
  name: string,
  args: {
    settings: HetznerSettings;
    ip: string;
    subnet: hcloud.NetworkSubnet;
    labels: Record<string, string>;
    selector: string;
  },
  opts: pulumi.CustomResourceOptions,
): void {
  const { settings, ip, subnet, labels, selector } = args;
  const location = settings.controlPlaneNodepools[0]?.location;
  const balancer = new hcloud.LoadBalancer(
    `${name}-load-balancer`,
    {
      name: `${settings.clusterName}-control-plane`,
      loadBalancerType: settings.controlPlaneLoadBalancerType,
      ...(location !== undefined && { location }),
      labels,
    },
    opts,
  );
  const id = balancer.id.apply(Number);
  const attached = new hcloud.LoadBalancerNetwork(
    `${name}-load-balancer-network`,
    { loadBalancerId: id, subnetId: subnet.id, ip, enablePublicInterface: false },
    opts,
  );
  new hcloud.LoadBalancerTarget(
    `${name}-load-balancer-target`,
    { loadBalancerId: id, type: "label_selector", labelSelector: selector, usePrivateIp: true },
    { ...opts, dependsOn: attached },
  );
  new hcloud.LoadBalancerService(
    `${name}-load-balancer-service`,
    {
      loadBalancerId: balancer.id,
      protocol: "tcp",
      listenPort: 6443,
      destinationPort: 6443,
      healthCheck: { protocol: "tcp", port: 6443, interval: 5, timeout: 3, retries: 3 },
    },
    { ...opts, dependsOn: attached },
  );
}
