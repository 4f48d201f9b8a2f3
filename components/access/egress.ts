import type { types } from "@pulumi/kubernetes";
import { CLUSTER_LABEL, type ClusterName } from "./names.ts";
import { INSTANCE_MANAGER, POSTGRES, type Peer, type PolicySpec } from "./networkPolicies.ts";

type Rule = types.input.networking.v1.NetworkPolicyEgressRule;

/** Where something listens, as packets are addressed once Services are resolved. */
export interface Endpoint {
  /** Range in CIDR notation. */
  cidr: string;
  port: number;
}

export interface EgressArgs {
  /** The API servers themselves, not their Service: policies judge packets after that is resolved. */
  apiServers: readonly Endpoint[];
  /** What else the database has to reach, an object store for one. */
  destinations: readonly Endpoint[];
}

/** The whole of what the database's pods may reach: DNS, the API server, each other, and what is named. */
export function egressLifelines(cluster: ClusterName, { apiServers, destinations }: EgressArgs): PolicySpec {
  const ownPods = { podSelector: { matchLabels: { [CLUSTER_LABEL]: cluster.name } } };
  const dns: Peer = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return {
    ...ownPods,
    policyTypes: ["Egress"],
    egress: [
      { to: [dns], ports: [port(53, "UDP"), port(53)] },
      { to: [ownPods], ports: [port(POSTGRES), port(INSTANCE_MANAGER)] },
      ...[...apiServers, ...destinations].map((one): Rule => ({
        to: [{ ipBlock: { cidr: one.cidr } }],
        ports: [port(one.port)],
      })),
    ],
  };
}

function port(number: number, protocol = "TCP"): types.input.networking.v1.NetworkPolicyPort {
  return { protocol, port: number };
}
