import type { Client } from "../../config/schema.ts";

/** An entry of a Cluster's `spec.podSelectorRefs` (CloudNativePG 1.29 and later). */
export interface PodSelectorRef {
  name: string;
  selector: { matchLabels: Record<string, string> };
}

/** One named selector for each workload: a label selector cannot say "or". */
export function podSelectorRefs(clients: readonly Client[]): PodSelectorRef[] {
  return clients.flatMap((client) =>
    client.workloads.map(({ podLabels }, index) => ({
      name: selectorName(client, index),
      selector: { matchLabels: { ...podLabels } },
    })),
  );
}

/**
 * The user lines of pg_hba.conf: each client from its own pods and ranges, to its database, as its role, over TLS, by
 * SCRAM. Names need no quotes: those that would are refused before. The last line turns everybody else away, since CloudNativePG appends `host all all all scram-sha-256`.
 */
export function pgHbaLines(clients: readonly Client[]): string[] {
  const allowed = clients.flatMap((client) => {
    const selectors = client.workloads.map((_, index) => `\${podselector:${selectorName(client, index)}}`);
    const addresses = [...selectors, ...client.cidrs.map(({ cidr }) => cidr)];
    return addresses.map((address) => `hostssl ${client.database} ${client.role} ${address} scram-sha-256`);
  });
  return [...allowed, "host all all all reject"];
}

/** Client names have no underscore, so a second workload's selector never takes the name of another client's. */
function selectorName(client: Client, index: number): string {
  return index === 0 ? client.name : `${client.name}_${String(index + 1)}`;
}
