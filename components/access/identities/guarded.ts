import { poolerName } from "../../../config/poolerConflicts.ts";
import type { Client } from "../../../config/schema.ts";
import { credentialsName, type ClusterName } from "../names.ts";
import { poolersOf } from "../poolers.ts";

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
const CLUSTER_SECRETS = ["replication", "pooler", "superuser", "app"];
/** Those of them that it mounts into poolers too. */
const POOLER_SECRETS = ["ca", "server"];

/** The Secret whose `ca.crt` everybody may mount, and whose `ca.key` could sign a certificate for replication. */
export function authorityName(cluster: ClusterName): string {
  return `${cluster.name}-ca`;
}

/** ServiceAccounts of the database's own pods: CloudNativePG names them after the Cluster, and after each Pooler. */
export function databaseAccounts(cluster: ClusterName, clients: readonly Client[]): string[] {
  return [cluster.name, ...poolersOf(clients).map(({ name }) => poolerName(cluster.name, name))];
}

/** Works out what is to be guarded. */
export function guarded(cluster: ClusterName, clients: readonly Client[]): Guarded {
  const instances = [cluster.name];
  const database = databaseAccounts(cluster, clients);
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
      ...CLUSTER_SECRETS.map((name) => [`${cluster.name}-${name}`, instances] as const),
      ...POOLER_SECRETS.map((name) => [`${cluster.name}-${name}`, database] as const),
      // The Job that makes the first instance gives the owner of the database its password.
      ...clients.map((client) => [credentialsName(cluster, client), [...instances, ...accounts(client)]] as const),
    ]),
  };
}

/** Every ServiceAccount that not everybody may run pods as. */
export function accountsOf({ clients, database }: Guarded): string[] {
  return [...database, ...Object.keys(clients)];
}
