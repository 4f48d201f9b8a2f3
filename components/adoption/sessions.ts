import type { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { judgeSessions, objectsOf, type Session, type SessionVerdict } from "../../policy/analysis/index.ts";
import { CLOSING_LINE } from "../access/hba.ts";
import { CLUSTER_LABEL, POD_ROLE_LABEL, type ClusterName } from "../access/names.ts";

/** As one JSON value: names may hold anything. Sessions over the Unix socket are the instance's own. */
const QUERY = `SELECT coalesce(json_agg(json_build_object(
  'user', usename, 'database', coalesce(datname, ''), 'address', host(client_addr), 'ssl', coalesce(ssl, false),
  'replication', CASE WHEN backend_type <> 'walsender' THEN 'false' WHEN datname IS NULL THEN 'true' ELSE '"database"' END::json
)), '[]') FROM pg_stat_activity LEFT JOIN pg_stat_ssl USING (pid) WHERE client_addr IS NOT NULL AND usename IS NOT NULL`;

/** Whether a Cluster turns nobody away yet, so that it is worth asking who is connected. */
export function isOpen(database: KubeObject | undefined): database is KubeObject {
  const { postgresql } = (database?.["spec"] ?? {}) as { postgresql?: { pg_hba?: string[] } };
  return database !== undefined && postgresql?.pg_hba?.at(-1) !== CLOSING_LINE;
}

/**
 * Who is connected to a database now and would be turned away by `enforced`, in words; empty where nobody would. A look
 * at one moment: who connects for a second at midnight is not there.
 * @param enforced the objects as they would be, with all that is there besides
 */
export async function sessionsRefused(
  client: KubeClient,
  cluster: ClusterName,
  enforced: readonly KubeObject[],
): Promise<string[]> {
  const [pods, namespaces] = await Promise.all([
    client.list({ apiVersion: "v1", kind: "Pod" }),
    client.list({ apiVersion: "v1", kind: "Namespace" }),
  ]);
  const instances = pods.filter(
    ({ metadata: { namespace, labels = {} } }) =>
      namespace === cluster.namespace &&
      labels[CLUSTER_LABEL] === cluster.name &&
      labels[POD_ROLE_LABEL] === "instance",
  );
  const asked = await Promise.all(instances.map(({ metadata }) => sessionsOf(client, cluster, metadata.name ?? "")));
  const objects = objectsOf([...namespaces, ...enforced.filter(({ kind }) => kind !== "Pod"), ...pods], []);
  const sessions = asked.flatMap((answer) => (typeof answer === "string" ? [] : answer));
  return [
    ...asked.filter((answer) => typeof answer === "string"),
    ...refusals(judgeSessions(objects, cluster, sessions, "k3s", [])),
  ];
}

async function sessionsOf(
  client: KubeClient,
  { namespace }: ClusterName,
  instance: string,
): Promise<Session[] | string> {
  const command = ["psql", "--no-psqlrc", "--no-align", "--tuples-only", "--command", QUERY];
  const said = await exec(client, { namespace, pod: instance, container: "postgres" }, command, { seconds: 10 }).catch(
    (error: unknown) => ({ code: 1, stdout: "", stderr: error instanceof Error ? error.message : String(error) }),
  );
  if (said.code !== 0) return `${instance}: cannot be asked who is connected: ${said.stderr.trim()}`;
  return (JSON.parse(said.stdout) as Omit<Session, "instance">[]).map((session) => ({ ...session, instance }));
}

/** The verdicts that let a session in no more, or leave it undecided; a line for all sessions that are alike. */
export function refusals(verdicts: readonly SessionVerdict[]): string[] {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    const reasons = reasonsOf(verdict);
    if (reasons.length === 0) continue;
    const { user, database, address, ssl } = verdict.session;
    const from = verdict.pods.join(" or ") || "no pod";
    const line = `${user}@${database} from ${address} (${from}), ${ssl ? "TLS" : "plain"}: ${reasons.join("; ")}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${String(count)} sessions)`)).sort();
}

function reasonsOf({ network, admits }: SessionVerdict): string[] {
  const by = network.by.map((policy) => `NetworkPolicy ${policy}`).join(", ") || "the network";
  return [
    ...(network.allowed === true ? [] : [network.allowed === false ? `closed by ${by}` : `undecided by ${by}`]),
    ...(admits === true ? [] : [admits === false ? "turned away by pg_hba" : "undecided by pg_hba"]),
  ];
}
