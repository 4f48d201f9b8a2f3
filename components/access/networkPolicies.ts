import type { types } from "@pulumi/kubernetes";
import type { Client, OperatorSettings, Scraper } from "../../config/schema.ts";
import { CLUSTER_LABEL, POD_ROLE_LABEL, type ClusterName } from "./names.ts";

export type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
export type Peer = types.input.networking.v1.NetworkPolicyPeer;
type Rule = types.input.networking.v1.NetworkPolicyIngressRule;

export const POSTGRES = 5432;
/** The instance manager: status, failover, backups; the operator speaks to nothing else. */
export const INSTANCE_MANAGER = 8000;
const METRICS = 9187;

/** Lets a client's pods and ranges reach the instances on 5432. */
export function clientPolicy(cluster: ClusterName, { workloads, cidrs }: Client): PolicySpec {
  const pods = workloads.map(({ podLabels }): Peer => ({ podSelector: { matchLabels: { ...podLabels } } }));
  return toInstances(cluster, allow(POSTGRES, [...pods, ...cidrs.map(({ cidr }) => block(cidr))]));
}

/** Lets scrapers read the instances' metrics. */
export function scraperPolicy(cluster: ClusterName, scrapers: readonly Scraper[]): PolicySpec {
  return toInstances(
    cluster,
    allow(
      METRICS,
      scrapers.map(({ namespace, podLabels }) => podsIn(namespace, podLabels)),
    ),
  );
}

function toInstances(cluster: ClusterName, rule: Rule): PolicySpec {
  return {
    podSelector: { matchLabels: { [CLUSTER_LABEL]: cluster.name, [POD_ROLE_LABEL]: "instance" } },
    policyTypes: ["Ingress"],
    ingress: [rule],
  };
}

export interface LifelineArgs {
  /** Where the operator's pods are and what they are labelled. */
  operator: Pick<OperatorSettings, "namespace" | "podLabels">;
  /** Addresses of the control plane, for `kubectl cnpg status`; none closes that path. */
  controlPlaneCidrs: readonly string[];
}

/**
 * Isolates every pod of the Cluster and opens what it cannot live without. Selecting by the cluster label alone
 * covers Jobs too: the one that clones a standby has no podRole and must reach the primary.
 */
export function lifelines(cluster: ClusterName, { operator, controlPlaneCidrs }: LifelineArgs): PolicySpec {
  const ownPods = { [CLUSTER_LABEL]: cluster.name };
  return {
    podSelector: { matchLabels: ownPods },
    policyTypes: ["Ingress"],
    ingress: [
      allow(POSTGRES, [{ podSelector: { matchLabels: ownPods } }]),
      allow(INSTANCE_MANAGER, [
        podsIn(operator.namespace, operator.podLabels),
        { podSelector: { matchLabels: { ...ownPods, [POD_ROLE_LABEL]: "instance" } } },
        ...controlPlaneCidrs.map(block),
      ]),
    ],
  };
}

/** Both selectors in one peer: pods with these labels, in that namespace only. */
function podsIn(namespace: string, labels: Readonly<Record<string, string>>): Peer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: { ...labels } },
  };
}

function block(cidr: string): Peer {
  return { ipBlock: { cidr } };
}

/** Ports are numbers: under k3s' policy engine a name that no pod declares would open every port. */
function allow(port: number, from: Peer[]): Rule {
  return { from, ports: [{ protocol: "TCP", port }] };
}
