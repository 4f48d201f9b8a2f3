import type { KubeClient } from "../../kube/client.ts";
import { proveAdmission } from "./admission.ts";
import { askAll } from "./ask.ts";
import { drill } from "./failover.ts";
import { row, summary, type Proof, type Row } from "./rows.ts";
import { raise, raiseDeveloper, sweep } from "./stage.ts";
import { inspect, type Database, type Subject } from "./subject.ts";
import { proveToken } from "./token.ts";

export interface ProofOptions {
  /** Also kill the primary under load: clients of the database notice. */
  destructive: boolean;
  /** Default: Cluster `pg` in namespace `production`, with client `app`, as stack `local` has it. */
  database?: Database;
  /** Told what happens, for people. */
  log?: (message: string) => void;
}

/**
 * Proves on a live database, from real pods, that its client gets in and everyone else does not, and that an
 * acknowledged row survives the death of the primary. Removes what it made, also when interrupted. One at a time.
 * @throws Refusal when there is no such database
 */
export async function runProof(client: KubeClient, options: ProofOptions): Promise<Proof> {
  const { destructive, database = { namespace: "production", cluster: "pg" }, log = () => undefined } = options;
  const subject = await inspect(client, database);
  await sweep(client, database);
  return sweepingUp(client, database, log, async (client) => {
    log(`proving who gets through to Cluster ${database.namespace}/${database.cluster}`);
    const askers = await raise(client, subject);
    const asked = await askAll(client, subject, askers);
    log("proving that nobody in the namespace can pass for the client");
    const { developer, guarded, free } = await raiseDeveloper(client, subject, askers);
    const admission = await proveAdmission(developer, guarded, free);
    log("proving what the client's ServiceAccount may ask of the API server");
    const token = await proveToken(client, database);
    return summary([...asked, ...admission, ...token, ...(await proveFailover(client, subject, destructive, log))]);
  });
}

async function proveFailover(
  client: KubeClient,
  subject: Subject,
  destructive: boolean,
  log: (message: string) => void,
): Promise<Row[]> {
  if (destructive) {
    log("proving that acknowledged rows survive the death of the primary");
    return drill(client, subject, log);
  }
  const message = "kills the primary under load: only with --destructive";
  const columns = { layer: "failover", from: "clients writing", to: "the primary", message };
  return [row({ ...columns, expected: "another primary, no acknowledged row lost", observed: "skipped", ok: null })];
}

/** Does the work and removes everything it made, whether it ends, fails or is interrupted. */
async function sweepingUp<T>(
  client: KubeClient,
  database: Database,
  log: (message: string) => void,
  work: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const interrupt = Promise.withResolvers<never>();
  const interrupted = (signal: NodeJS.Signals) => {
    log(`${signal}: removing what the proof made`);
    process.exitCode = signal === "SIGINT" ? 130 : 143;
    interrupt.reject(new Error(`interrupted by ${signal}`));
    // Without its pods the work would go on to its next questions, and make what they need.
    end.abort();
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    return await Promise.race([work(client.until(end.signal)), interrupt.promise]);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await sweep(client, database);
    // The second look finds what the API server was making just then.
    if (end.signal.aborted) await sweep(client, database).finally(() => process.exit());
  }
}
