import type { Client, Workload } from "../../config/schema.ts";
import type { ClusterName } from "./names.ts";

/** Namespace of a workload: the database's, unless it says another. */
export function namespaceOf(cluster: ClusterName, { namespace }: Workload): string {
  return namespace ?? cluster.namespace;
}

/** The namespaces beside the database's that have workloads of these clients. */
export function otherNamespaces(cluster: ClusterName, clients: readonly Client[]): string[] {
  const all = clients.flatMap(({ workloads }) => workloads.map((workload) => namespaceOf(cluster, workload)));
  return [...new Set(all)].filter((namespace) => namespace !== cluster.namespace);
}

/** The clients that have workloads in a namespace, each with those alone. */
export function clientsIn(cluster: ClusterName, clients: readonly Client[], namespace: string): Client[] {
  return clients
    .map((client) => ({
      ...client,
      workloads: client.workloads.filter((workload) => namespaceOf(cluster, workload) === namespace),
    }))
    .filter(({ workloads }) => workloads.length > 0);
}
