import { poolerName } from "../config/poolerConflicts.ts";
import type { Config } from "../config/schema.ts";
import { namespaceOf } from "../config/workloads.ts";
import type { KubeObject } from "../kube/objects.ts";
import type { EgressArgs, Endpoint } from "./access/egress.ts";
import { pgHbaOf, podSelectorRefs } from "./access/hba.ts";
import { CLUSTER_LABEL, egressName } from "./access/names.ts";
import { networkPolicies, policyObject } from "./access/rendered.ts";
import { placementIn, type LiveCluster } from "./cluster/live.ts";
import { WAY } from "./cluster/lockouts.ts";
import { clusterObject } from "./database/cluster.ts";
import { poolerObjects } from "./database/poolers.ts";

/**
 * The objects that decide who gets to the database, and a pod of each client that has to: for the judges, before anything
 * is registered.
 */
export function renderedObjects(config: Config, live: LiveCluster): KubeObject[] {
  const { clients, database, namespace } = config;
  const cluster = { name: database.name, namespace: namespace.name };
  const { controlPlaneCidrs } = config.cluster;
  const policies = networkPolicies(cluster, {
    ...config,
    controlPlaneCidrs,
    egress: egressOf(config, live.networkPolicies, live.apiServers),
  });
  const pods = clients.flatMap(({ name, workloads, pooler }) =>
    workloads.map((workload, index) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        namespace: namespaceOf(workload, cluster.namespace),
        name: `${name}-${String(index)}`,
        labels: { ...workload.podLabels },
        ...(pooler && { annotations: { [WAY]: poolerName(database.name, pooler.name) } }),
      },
    })),
  );
  return [
    ...pods,
    ...policies.map((policy) => policyObject(cluster, policy)),
    clusterObject({
      database,
      clients,
      namespace: namespace.name,
      pgHba: pgHbaOf({ ...config, presentLines: database.presentLines }),
      podSelectorRefs: podSelectorRefs(cluster, clients),
      placement: placementIn(config.cluster, live.nodes, database.instances),
      storageClass: config.cluster.storageClass,
    }),
    ...poolerObjects(cluster, config),
  ];
}

/** What the database's pods are let out to: where that is asked for, or where something keeps them in already. */
export function egressOf(
  { database, namespace }: Config,
  networkPolicies: readonly KubeObject[],
  apiServers: readonly Endpoint[],
): EgressArgs | undefined {
  const labels: Record<string, string> = { [CLUSTER_LABEL]: database.name };
  const own = egressName({ name: database.name, namespace: namespace.name });
  const keptIn = networkPolicies.some(({ metadata, spec }) => {
    const { podSelector, policyTypes = [] } = spec as { podSelector: LabelSelector; policyTypes?: string[] };
    const isOurs = metadata.namespace !== namespace.name || metadata.name === own;
    return !isOurs && policyTypes.includes("Egress") && selects(podSelector, labels);
  });
  if (!database.egress.restricted && !keptIn) return undefined;
  return { apiServers, destinations: database.egress.to };
}

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: unknown[];
}

/** Whether a selector surely means pods with these labels; the judges see to the others. */
function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Record<string, string>): boolean {
  return matchExpressions.length === 0 && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
