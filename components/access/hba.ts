import type { Client } from "../../config/schema.ts";
import type { ClusterName } from "./names.ts";
import { poolerLabels, poolersOf } from "./poolers.ts";

/** An entry of a Cluster's `spec.podSelectorRefs` (CloudNativePG 1.29 and later). */
export interface PodSelectorRef {
  name: string;
  selector: { matchLabels: Record<string, string> };
}

/** One named selector for each workload, since a label selector cannot say "or", and for each pooler. */
export function podSelectorRefs(cluster: ClusterName, clients: readonly Client[]): PodSelectorRef[] {
  const direct = clients.filter(({ pooler }) => !pooler);
  return [
    ...direct.flatMap((client) =>
      client.workloads.map(({ podLabels }, index) => ref(selectorName(client, index), { ...podLabels })),
    ),
    ...poolersOf(clients).map(({ name }) => ref(poolerSelectorName(name), poolerLabels(cluster, name))),
  ];
}

function ref(name: string, matchLabels: Record<string, string>): PodSelectorRef {
  return { name, selector: { matchLabels } };
}

/**
 * The user lines of pg_hba.conf: each client from its own pods and ranges, or from its pooler's pods and nowhere else, to
 * its database, as its role, over TLS, by SCRAM. Names need no quotes: those that would are refused before. The last line
 * turns everybody else away, since CloudNativePG appends `host all all all scram-sha-256`.
 */
export function pgHbaLines(clients: readonly Client[]): string[] {
  const allowed = clients.flatMap((client) =>
    addresses(client).map((address) => `hostssl ${client.database} ${client.role} ${address} scram-sha-256`),
  );
  return [...allowed, "host all all all reject"];
}

function addresses(client: Client): string[] {
  const { workloads, cidrs, pooler } = client;
  if (pooler) return [reference(poolerSelectorName(pooler.name))];
  return [...workloads.map((_, index) => reference(selectorName(client, index))), ...cidrs.map(({ cidr }) => cidr)];
}

function reference(selector: string): string {
  return `\${podselector:${selector}}`;
}

/** Client names have no underscore, so a second workload's selector never takes the name of another client's, or a pooler's. */
function selectorName(client: Client, index: number): string {
  return index === 0 ? client.name : `${client.name}_${String(index + 1)}`;
}

function poolerSelectorName(pooler: string): string {
  return `pooler_${pooler}`;
}
