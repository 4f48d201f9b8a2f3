import { poolerName } from "../../config/poolerConflicts.ts";
import type { Client, PoolerSettings } from "../../config/schema.ts";
import { CLUSTER_LABEL, POOLER_LABEL, type ClusterName } from "./names.ts";

/** A PgBouncer in front of the database, and who uses it. */
export interface PoolerPlan {
  /** Its name among the clients' poolers. */
  name: string;
  clients: readonly Client[];
  settings: PoolerSettings;
}

/** Every pooler that a client uses, in the order of the clients. */
export function poolersOf(clients: readonly Client[]): PoolerPlan[] {
  const settings = new Map(clients.flatMap(({ pooler }) => (pooler ? [[pooler.name, pooler] as const] : [])));
  return [...settings].map(([name, one]) => ({
    name,
    clients: clients.filter(({ pooler }) => pooler?.name === name),
    settings: one,
  }));
}

/** Labels of a pooler's pods; that of the Cluster keeps pods of another one apart that wear the pooler's. */
export function poolerLabels(cluster: ClusterName, pooler: string): Record<string, string> {
  return { [CLUSTER_LABEL]: cluster.name, [POOLER_LABEL]: poolerName(cluster.name, pooler) };
}

/** Host name under which a pooler is reached. */
export function poolerHost(cluster: ClusterName, pooler: string): string {
  return `${poolerName(cluster.name, pooler)}.${cluster.namespace}.svc`;
}

const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * PgBouncer's own pg_hba: its clients' roles and databases, over TLS, by SCRAM. It knows no pod selectors, so that who
 * gets here is for the NetworkPolicy alone to say. CloudNativePG appends lines that let in everybody else; those before
 * turn them away, in each family of addresses, since PgBouncer has no word for both.
 */
export function poolerHbaLines(clients: readonly Client[]): string[] {
  return [
    ...clients.flatMap(({ database, role }) =>
      EVERYWHERE.map((address) => `hostssl ${database} ${role} ${address} scram-sha-256`),
    ),
    ...EVERYWHERE.map((address) => `host all all ${address} reject`),
  ];
}
