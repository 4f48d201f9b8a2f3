import type { Config } from "../config/schema.ts";
import type { KubeObject } from "../kube/objects.ts";
import { pgHbaLines, podSelectorRefs } from "./access/hba.ts";
import { networkPolicies, policyObject } from "./access/rendered.ts";
import { clusterObject } from "./database/cluster.ts";

/**
 * The objects that decide who gets to the database, as far as the configuration alone says it, and a pod of each client
 * that has to: for the judges.
 */
export function renderedObjects(config: Config): KubeObject[] {
  const { clients, database, namespace } = config;
  const cluster = { name: database.name, namespace: namespace.name };
  const policies = networkPolicies(cluster, { ...config, controlPlaneCidrs: config.cluster.controlPlaneCidrs });
  const pods = clients.flatMap(({ name, workloads }) =>
    workloads.map(({ podLabels }, index) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: namespace.name, name: `${name}-${String(index)}`, labels: { ...podLabels } },
    })),
  );
  return [
    ...pods,
    ...policies.map((policy) => policyObject(cluster, policy)),
    clusterObject({
      database,
      clients,
      namespace: namespace.name,
      pgHba: pgHbaLines(clients),
      podSelectorRefs: podSelectorRefs(clients),
      placement: { nodeSelector: {}, tolerations: [], distinctNodes: false },
      storageClass: undefined,
    }),
  ];
}
