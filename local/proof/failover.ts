import { randomBytes } from "node:crypto";
import { exec } from "../../kube/exec.ts";
import type { KubeClient } from "../../kube/client.ts";
import { podLog, untilRunning } from "../../kube/pods.ts";
import { TimedOut, until } from "../../kube/wait.ts";
import { acknowledgements, drillRows, type Acknowledgement, type DrillFacts, type Limits } from "./drill.ts";
import type { Row } from "./rows.ts";
import { configMap, proofConfigMap, proofLabels, writerPath } from "./stage.ts";
import { instancesOf, primaryOf, type Subject } from "./subject.ts";
import { client as exampleClient, clientWorkload, podsOf } from "./workload.ts";

/** What is promised of a failover. */
export const promised: Limits = { writers: 4, acknowledgements: 500, takeoverSeconds: 60, readySeconds: 180 };

const name = "proof-writer";
const tables = "hcloud_postgres_proof";

const dropEarlier = `do $$ declare earlier record; begin
  for earlier in select schemaname, tablename from pg_tables where tablename ^@ '${tables}' and tableowner = current_user loop
    execute format('drop table %I.%I', earlier.schemaname, earlier.tablename);
  end loop;
end $$`;

/** The writing clients, as the drill sees them. */
interface Load {
  /** Rows acknowledged so far, by the writers' own logs. */
  acknowledged: () => Promise<Acknowledgement[]>;
  /** Where they write. */
  table: string;
  /** Asks the database, as the client. */
  sql: (statement: string) => Promise<string>;
}

/**
 * Force-deletes the primary while clients write numbered rows and log each acknowledgement outside the database, and
 * holds what happens against the limits. The caller removes the writers (see `sweep`).
 */
export async function drill(
  client: KubeClient,
  subject: Subject,
  log: (message: string) => void,
  limits: Limits = promised,
): Promise<Row[]> {
  // Of its own for each run: the writers begin before anybody could drop that of a run which was interrupted.
  const table = `${tables}_${randomBytes(4).toString("hex")}`;
  const load = await startLoad(client, subject, table, limits.writers);
  try {
    return drillRows(await observe(client, subject, load, limits, log), limits);
  } finally {
    await load.sql(`drop table ${table}`).catch(() => {
      log(`table ${table} could not be dropped; the next drill does it`);
    });
  }
}

async function startLoad(client: KubeClient, subject: Subject, table: string, count: number): Promise<Load> {
  const { namespace, image } = subject;
  const { container } = exampleClient;
  const labels = proofLabels(subject);
  await client.apply(proofConfigMap(namespace, subject));
  const command = ["bash", writerPath, table];
  await client.create(clientWorkload({ namespace, name, labels, image, replicas: count, configMap, command }));
  const pods = await untilRunning(client, namespace, podsOf(name), count, { seconds: 120, interval: 200 });
  const writers = pods.map(({ metadata }) => metadata.name ?? "");
  const target = { namespace, pod: writers[0] ?? "", container };
  const psql = ["psql", "--no-psqlrc", "--no-password", "--quiet", "--no-align", "--tuples-only"];
  const load: Load = {
    table,
    acknowledged: async () =>
      acknowledgements(await Promise.all(writers.map((pod) => podLog(client, namespace, pod, container)))),
    sql: async (statement) => {
      const { code, stdout, stderr } = await exec(client, target, [...psql, "--command", statement]);
      if (code !== 0) throw new Error(stderr.trim());
      return stdout;
    },
  };
  // The first try of a new pod may come before PostgreSQL knows its address.
  await until("tables of earlier drills dropped", () => succeeds(load.sql(dropEarlier)), { seconds: 60 });
  await load.sql(`create table ${table} (id text primary key)`);
  return load;
}

async function observe(
  client: KubeClient,
  subject: Subject,
  load: Load,
  limits: Limits,
  log: (message: string) => void,
): Promise<DrillFacts> {
  const enough = async () => {
    const { length } = await load.acknowledged();
    return length >= limits.acknowledgements ? length : undefined;
  };
  const written = await until("acknowledgements", enough, { seconds: 120, interval: 1000 }).catch(ifTimedOut);
  if (written === undefined) return { acknowledgedBefore: (await load.acknowledged()).length };

  const primary = await primaryOf(client, subject);
  const before = (await instancesOf(client, subject)).find((instance) => instance.name === primary);
  log(`${String(written)} rows acknowledged; force-deleting the primary ${primary}`);
  await client.delete(
    { apiVersion: "v1", kind: "Pod", namespace: subject.namespace, name: primary },
    { gracePeriodSeconds: 0 },
  );
  const killedAt = Date.now();
  const secondsUntil = async (limit: number, look: () => Promise<boolean>) => {
    const seconds = limit - (Date.now() - killedAt) / 1000;
    const holds = async () => ((await look()) ? (Date.now() - killedAt) / 1000 : undefined);
    return until("what the drill waits for", holds, { seconds, interval: 250 }).catch(ifTimedOut);
  };

  const [takeoverSeconds, resumedSeconds] = await Promise.all([
    secondsUntil(limits.takeoverSeconds, async () => (await primaryOf(client, subject)) !== primary),
    secondsUntil(limits.takeoverSeconds, async () =>
      (await load.acknowledged()).some(({ server }) => server !== before?.ip),
    ),
  ]);
  const wanted = subject.size;
  const ready = async () =>
    (await instancesOf(client, subject)).filter((instance) => instance.ready && instance.uid !== before?.uid).length;
  const tookOver = takeoverSeconds !== undefined && resumedSeconds !== undefined;
  const readySeconds = tookOver
    ? await secondsUntil(limits.readySeconds, async () => (await ready()) === wanted)
    : undefined;
  return {
    acknowledgedBefore: written,
    killed: {
      primary,
      successor: takeoverSeconds === undefined ? undefined : await primaryOf(client, subject),
      takeoverSeconds,
      resumedSeconds,
      readySeconds,
      instances: { ready: await ready(), wanted },
      rows: tookOver ? await compare(load) : undefined,
    },
  };
}

/** Reads the acknowledgements first: a row that is acknowledged while the table is read must not count as lost. */
async function compare(load: Load): Promise<{ acknowledged: number; lost: string[] }> {
  const acknowledged = await load.acknowledged();
  const there = new Set((await load.sql(`select id from ${load.table}`)).split("\n"));
  return { acknowledged: acknowledged.length, lost: acknowledged.map(({ id }) => id).filter((id) => !there.has(id)) };
}

async function succeeds(attempt: Promise<unknown>): Promise<true | undefined> {
  return attempt.then(
    () => true,
    () => undefined,
  );
}

function ifTimedOut(error: unknown): undefined {
  if (!(error instanceof TimedOut)) throw error;
}
