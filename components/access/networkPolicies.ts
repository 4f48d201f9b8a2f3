import type { types } from "@pulumi/kubernetes";
import type { Client, OperatorSettings, Scraper } from "../../config/schema.ts";
import { namespaceOf } from "../../config/workloads.ts";
import { CLUSTER_LABEL, POD_ROLE_LABEL, type ClusterName } from "./names.ts";
import { poolerLabels } from "./poolers.ts";

export type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
export type Peer = types.input.networking.v1.NetworkPolicyPeer;
type Rule = types.input.networking.v1.NetworkPolicyIngressRule;

export const POSTGRES = 5432;
/** The instance manager: status, failover, backups; the operator speaks to nothing else. */
export const INSTANCE_MANAGER = 8000;
const METRICS = 9187;
const POOLER_METRICS = 9127;

/** Lets a client's pods and ranges reach its pooler on 5432 or, where it has none, the instances. */
export function clientPolicy(cluster: ClusterName, { workloads, cidrs, pooler }: Client): PolicySpec {
  const pods = workloads.map((workload): Peer => {
    const namespace = namespaceOf(workload, cluster.namespace);
    const { podLabels } = workload;
    if (namespace !== cluster.namespace) return podsIn(namespace, podLabels);
    return { podSelector: { matchLabels: { ...podLabels } } };
  });
  const target = pooler ? poolerLabels(cluster, pooler.name) : ofRole(cluster, "instance");
  return ingress(target, [allow(POSTGRES, [...pods, ...cidrs.map(({ cidr }) => block(cidr))])]);
}

/** Lets scrapers read the instances' metrics. */
export function scraperPolicy(cluster: ClusterName, scrapers: readonly Scraper[]): PolicySpec {
  return ingress(ofRole(cluster, "instance"), [allow(METRICS, scrapers.map(scraperPeer))]);
}

/** Lets scrapers read the poolers' metrics. */
export function poolerScraperPolicy(cluster: ClusterName, scrapers: readonly Scraper[]): PolicySpec {
  return ingress(ofRole(cluster, "pooler"), [allow(POOLER_METRICS, scrapers.map(scraperPeer))]);
}

function scraperPeer({ namespace, podLabels }: Scraper): Peer {
  return podsIn(namespace, podLabels);
}

function ofRole({ name }: ClusterName, role: "instance" | "pooler"): Record<string, string> {
  return { [CLUSTER_LABEL]: name, [POD_ROLE_LABEL]: role };
}

function ingress(matchLabels: Record<string, string>, rules: Rule[]): PolicySpec {
  return { podSelector: { matchLabels }, policyTypes: ["Ingress"], ingress: rules };
}

/** Isolates every pod of the Cluster: instances, Jobs, poolers, whoever made them. */
export function isolation({ name }: ClusterName): PolicySpec {
  return ingress({ [CLUSTER_LABEL]: name }, []);
}

export interface LifelineArgs {
  /** Where the operator's pods are and what they are labelled. */
  operator: Pick<OperatorSettings, "namespace" | "podLabels">;
  /** Addresses of the control plane, for `kubectl cnpg status`; none closes that path. */
  controlPlaneCidrs: readonly string[];
}

/**
 * Opens what the instances cannot live without. As a source, the cluster label alone stands for Jobs too: the one that
 * clones a standby has no podRole and must reach the primary. Poolers wear it as well.
 */
export function lifelines(cluster: ClusterName, { operator, controlPlaneCidrs }: LifelineArgs): PolicySpec {
  const instances = ofRole(cluster, "instance");
  return ingress(instances, [
    allow(POSTGRES, [{ podSelector: { matchLabels: { [CLUSTER_LABEL]: cluster.name } } }]),
    allow(INSTANCE_MANAGER, [
      podsIn(operator.namespace, operator.podLabels),
      { podSelector: { matchLabels: instances } },
      ...controlPlaneCidrs.map(block),
    ]),
  ]);
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
