import type { Client } from "../../../config/schema.ts";
import { credentialsName, type ClusterName } from "../names.ts";

/** Labels of a set of pods. */
type Labels = Readonly<Record<string, string>>;

/** What nobody may take on, or look into, who is not meant to. */
export interface Guarded {
  cluster: ClusterName;
  /** ServiceAccounts of the clients' workloads, each with the labels that its pods alone may wear. */
  clients: Readonly<Record<string, Labels>>;
  /** ServiceAccounts of the database's own pods, which alone may wear labels of CloudNativePG. */
  database: readonly string[];
  /** Names of Secrets, each with the ServiceAccounts whose pods may read it. */
  secrets: Readonly<Record<string, readonly string[]>>;
}

/** Secrets that CloudNativePG makes for a Cluster, by what follows its name. */
const CLUSTER_SECRETS = ["ca", "server", "replication", "pooler", "superuser", "app"];

/** The Secret whose `ca.crt` everybody may mount, and whose `ca.key` could sign a certificate for replication. */
export function authorityName(cluster: ClusterName): string {
  return `${cluster.name}-ca`;
}

/** Works out what is to be guarded; CloudNativePG runs a Cluster's pods as the ServiceAccount of its name. */
export function guarded(cluster: ClusterName, clients: readonly Client[]): Guarded {
  const database = [cluster.name];
  const accounts = ({ workloads }: Client) => workloads.map(({ serviceAccount }) => serviceAccount.name);
  return {
    cluster,
    database,
    clients: Object.fromEntries(
      clients.flatMap(({ workloads }) =>
        workloads.map(({ serviceAccount, podLabels }) => [serviceAccount.name, { ...podLabels }]),
      ),
    ),
    secrets: Object.fromEntries([
      ...CLUSTER_SECRETS.map((name) => [`${cluster.name}-${name}`, database] as const),
      // The Job that makes the first instance gives the owner of the database its password.
      ...clients.map((client) => [credentialsName(cluster, client), [...database, ...accounts(client)]] as const),
    ]),
  };
}

/** Every ServiceAccount that not everybody may run pods as. */
export function accountsOf({ clients, database }: Guarded): string[] {
  return [...database, ...Object.keys(clients)];
}
