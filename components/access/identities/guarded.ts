import { poolerName } from "../../../config/poolerConflicts.ts";
import type { Client } from "../../../config/schema.ts";
import { credentialsName, type ClusterName } from "../names.ts";
import { poolersOf } from "../poolers.ts";
import { clientsIn } from "../workloads.ts";

/** Labels of a set of pods. */
type Labels = Readonly<Record<string, string>>;

/** What nobody may take on, or look into, who is not meant to. */
export interface Guarded {
  cluster: ClusterName;
  /** Where: the database's namespace, or another one with workloads of clients. */
  namespace: string;
  /** ServiceAccounts of the clients' workloads, each with the labels that its pods alone may wear. */
  clients: Readonly<Record<string, Labels>>;
  /** ServiceAccounts of the database's own pods, which alone may wear labels of CloudNativePG; none are elsewhere. */
  database: readonly string[];
  /** Names of Secrets, each with the ServiceAccounts whose pods may read it. */
  secrets: Readonly<Record<string, readonly string[]>>;
}

/** Secrets that CloudNativePG makes for a Cluster, by what follows its name. */
const CLUSTER_SECRETS = ["replication", "pooler", "superuser", "app"];
/** Those of them that it mounts into poolers too. */
const POOLER_SECRETS = ["ca", "server"];

/** ServiceAccounts of the database's own pods: CloudNativePG names them after the Cluster, and after each Pooler. */
export function databaseAccounts(cluster: ClusterName, clients: readonly Client[]): string[] {
  return [cluster.name, ...poolersOf(clients).map(({ name }) => poolerName(cluster.name, name))];
}

/** Works out what is to be guarded in a namespace, the database's unless another one is named. */
export function guarded(
  cluster: ClusterName,
  clients: readonly Client[],
  namespace: string = cluster.namespace,
): Guarded {
  const here = clientsIn(cluster, clients, namespace);
  const workloads = here.flatMap((client) => client.workloads);
  const labels = Object.fromEntries(
    workloads.map(({ serviceAccount, podLabels }) => [serviceAccount.name, { ...podLabels }]),
  );
  const readers = ({ name }: Client) =>
    here
      .filter((one) => one.name === name)
      .flatMap((one) => one.workloads.map(({ serviceAccount }) => serviceAccount.name));
  const credentials = (of: readonly Client[], others: readonly string[]) =>
    of.map((client) => [credentialsName(cluster, client), [...others, ...readers(client)]] as const);
  const common = { cluster, namespace, clients: labels };
  if (namespace !== cluster.namespace) {
    return { ...common, database: [], secrets: Object.fromEntries(credentials(here, [])) };
  }
  const instances = [cluster.name];
  const database = databaseAccounts(cluster, clients);
  return {
    ...common,
    database,
    secrets: Object.fromEntries([
      ...CLUSTER_SECRETS.map((name) => [`${cluster.name}-${name}`, instances] as const),
      ...POOLER_SECRETS.map((name) => [`${cluster.name}-${name}`, database] as const),
      // The Job that makes the first instance gives the owner of the database its password.
      ...credentials(clients, instances),
    ]),
  };
}

/** Every ServiceAccount that not everybody may run pods as. */
export function accountsOf({ clients, database }: Guarded): string[] {
  return [...database, ...Object.keys(clients)];
}
