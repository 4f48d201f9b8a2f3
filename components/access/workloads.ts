import type { Client } from "../../config/schema.ts";
import { namespaceOf } from "../../config/workloads.ts";
import type { ClusterName } from "./names.ts";

/** The namespaces beside the database's that have workloads of these clients. */
export function otherNamespaces(cluster: ClusterName, clients: readonly Client[]): string[] {
  const all = clients.flatMap(({ workloads }) => workloads.map((workload) => namespaceOf(workload, cluster.namespace)));
  return [...new Set(all)].filter((namespace) => namespace !== cluster.namespace);
}

/** The clients that have workloads in a namespace, each with those alone. */
export function clientsIn(cluster: ClusterName, clients: readonly Client[], namespace: string): Client[] {
  return clients
    .map((client) => ({
      ...client,
      workloads: client.workloads.filter((workload) => namespaceOf(workload, cluster.namespace) === namespace),
    }))
    .filter(({ workloads }) => workloads.length > 0);
}
