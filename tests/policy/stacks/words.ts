/** The sources of the rows on a database, as findings name them. */
export const client = "client app (app=myapp) in production";
export const operator = "operator in cnpg-system";
export const instances = "peer instances (cnpg.io/cluster=pg) in production";
export const jobs = "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production";
export const strangers = ["any other namespace", "any other pod in production", "anyone outside the cluster"];

/** The client's way in at PostgreSQL, as it is written. */
export const sound = "app app_user scram-sha-256 tls required";

/** The client is locked out. */
export const lockedOut = [`lost: ${client} 5432: declared`];

/** The network lets everybody as far as PostgreSQL, which still lets nobody in. */
export const networkOpen = [
  ...strangers.map((who) => `changed: ${who} 5432: closed -> network-only`),
  `gained: ${operator} 5432: lifeline`,
];

/** No policy isolates the database. */
export const notIsolated = [
  ...networkOpen,
  ...[...strangers, client].flatMap((who) => [`gained: ${who} 8000: open`, `gained: ${who} 9187: open`]),
  ...[operator, instances, jobs].map((who) => `gained: ${who} 9187: lifeline`),
  `gained: ${jobs} 8000: lifeline`,
];

/** PostgreSQL lets everybody try by a line, and only the network keeps strangers away. */
export function postgresOpen(line: string): string[] {
  return [
    ...strangers.map((who) => `changed: ${who} 5432: closed -> postgres-only ( -> ${line})`),
    `changed: ${operator} 5432: closed ( -> ${line})`,
  ];
}

/** The client comes in by other lines. */
export function clientBy(...lines: string[]): string {
  return `changed: ${client} 5432: declared (${sound} -> ${lines.join("; ")})`;
}

/** The operator's webhook refuses the Cluster; without it the client would be locked out. */
export function refersToNothing(name: string): string[] {
  const reference = `\${podselector:${name}}`;
  const message = `${reference} refers to nothing in podSelectorRefs: the operator refuses the Cluster`;
  return [...lockedOut, `problem: pg_hba of Cluster production/pg: ${message}`];
}

/** PostgreSQL refuses the whole file. */
export function refused(message: string): string[] {
  const unknown = (who: string, lines: string) => `changed: ${who} 5432: ${lines} -> )`;
  const replication = "postgres streaming_replica cert tls required; replication streaming_replica cert tls required";
  return [
    ...strangers.map((who) => `changed: ${who} 5432: closed -> postgres-only`),
    unknown(client, `declared -> undecided (${sound}`),
    unknown(instances, `lifeline -> undecided (${replication}`),
    unknown(jobs, `lifeline -> undecided (${replication}`),
    `problem: pg_hba of Cluster production/pg: ${message}: PostgreSQL refuses the whole file`,
  ];
}
