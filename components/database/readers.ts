import { bootstrapOf } from "../../config/conflicts.ts";
import type { Config } from "../../config/schema.ts";
import type { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import type { KubeObject } from "../../kube/objects.ts";
import {
  databasesOf,
  presentReaderSql,
  readerCheckSql,
  readerSql,
  sqlName,
  type OwnedDatabase,
} from "../access/databases.ts";

/** Asks one thing of a database, as its superuser; undefined where there is no such database, or no answer. */
export type Ask = (database: string, sql: string) => Promise<string | undefined>;

/**
 * What is still to be done so that clients with `access: readOnly` can read: CloudNativePG has no object for default
 * privileges, so they are set by the bootstrap, or by a person.
 */
export async function readerWarnings(config: Config, live: KubeObject | undefined, ask: Ask): Promise<string[]> {
  const { clients, database, namespace } = config;
  const bootstrapped = live ? undefined : bootstrapOf(config).database;
  const read = databasesOf(config).filter(({ name }) =>
    clients.some((client) => client.access === "readOnly" && client.database === name),
  );
  const open = await Promise.all(
    read.map(async (one) => {
      if (one.name === bootstrapped) return [];
      return live && (await ask(one.name, readerCheckSql(one))) === "t" ? [] : [one];
    }),
  );
  const psql = `kubectl exec -i -n ${namespace.name} $(kubectl get cluster -n ${namespace.name} ${database.name} -o jsonpath={.status.currentPrimary}) -c postgres -- psql`;
  return open.flat().map((one) => explanation(one, psql));
}

/** Asks the primary of a Cluster. */
export function askPrimary(client: KubeClient, cluster: KubeObject | undefined): Ask {
  const { currentPrimary } = (cluster?.["status"] ?? {}) as { currentPrimary?: string };
  return async (database, sql) => {
    if (currentPrimary === undefined) return undefined;
    const target = { namespace: cluster?.metadata.namespace ?? "", pod: currentPrimary, container: "postgres" };
    const command = ["psql", "--no-psqlrc", "--no-align", "--tuples-only", "--dbname", database, "--command", sql];
    const result = await exec(client, target, command, { seconds: 10 }).catch(() => undefined);
    return result?.code === 0 ? result.stdout.trim() : undefined;
  };
}

function explanation(database: OwnedDatabase, psql: string): string {
  const { name, owner, reader } = database;
  const statements = [...readerSql(database), ...presentReaderSql(database)].map((sql) => `${sql};`);
  return [
    `group ${sqlName(reader)} cannot read what ${sqlName(owner)} makes in database ${sqlName(name)}, as far as can be seen.`,
    `Once the database is up, run this; the next preview says whether it has worked:`,
    `${psql} -d ${name} <<'SQL'`,
    ...statements,
    "SQL",
  ].join("\n");
}
