import type { Client, Config } from "../../config/schema.ts";
import type { ClusterName } from "./names.ts";
import { poolerLabels, poolersOf } from "./poolers.ts";

/** Turns everybody away whom no line before it has let in. */
export const CLOSING_LINE = "host all all all reject";

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
 * its database, as its role, over TLS, by SCRAM or by certificate. Names need no quotes: those that would are refused
 * before. The last line turns everybody else away, since CloudNativePG appends `host all all all scram-sha-256`.
 */
export function pgHbaLines(clients: readonly Client[]): string[] {
  const allowed = clients.flatMap((client) => {
    const method = client.auth === "cert" ? "cert" : "scram-sha-256";
    return addresses(client).map((address) => `hostssl ${client.database} ${client.role} ${address} ${method}`);
  });
  return [...allowed, CLOSING_LINE];
}

export interface PgHbaArgs {
  /** Who may reach the database. */
  clients: readonly Client[];
  /** Whether strangers are turned away, or only observed. */
  mode: Config["mode"];
  /** User lines that the Cluster has already: kept while observing. */
  presentLines: readonly string[];
}

/** The lines that a mode asks for: to observe is to turn nobody away, so the lines that were there before stay as well. */
export function pgHbaOf({ clients, mode, presentLines }: PgHbaArgs): string[] {
  const lines = pgHbaLines(clients);
  if (mode === "enforce") return lines;
  return [...new Set([...lines.filter((line) => line !== CLOSING_LINE), ...presentLines])];
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
