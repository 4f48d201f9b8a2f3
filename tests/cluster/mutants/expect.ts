import { access, objectsOf, type AccessRow, type Problem } from "../../../policy/analysis/index.ts";
import type { KubeObject } from "../../../kube/objects.ts";

/** What somebody may observe of one database. */
export interface Experience {
  readonly [question: string]: boolean | null;
}

export const ports = [5432, 8000, 9187] as const;
export const transports = { "with TLS": "require", "without TLS": "disable" } as const;

/** What the judges expect a pod to experience, with the pods of the cluster among the objects; null where they do not say. */
export function expected(objects: readonly object[], pod: KubeObject): Experience {
  const problems: Problem[] = [];
  const { rows } = access(objectsOf(objects, problems), "k3s", problems);
  const own = rows.filter(({ source }) => source.kind === "pods" && source.name === pod.metadata.name);
  const isInstance = pod.metadata.labels?.["cnpg.io/podRole"] === "instance";
  const shared = rows.filter(
    ({ source }) => source.kind === (isInstance ? "peer" : "client") && source.name !== "jobs",
  );
  const ofPod = own.length > 0 ? own : shared;
  const row = (port: number) => ofPod.find((one) => one.port === port);
  const reached = ports.map((port) => [`reaches ${String(port)}`, row(port)?.network.allowed ?? null] as const);
  if (isInstance) return Object.fromEntries(reached);
  const logins = Object.keys(transports).map(
    (transport) => [`logs in ${transport}`, login(row(5432), transport)] as const,
  );
  return Object.fromEntries([...reached, ...logins]);
}

/** Whether app_user gets into the database app, with the right password. */
function login(row: AccessRow | undefined, transport: string): boolean | null {
  if (row === undefined || row.verdict === "undecided") return null;
  if (row.network.allowed !== true) return row.network.allowed;
  const wanted = transport === "with TLS" ? "required" : "forbidden";
  return row.postgres.some(
    ({ tls, databases, roles }) =>
      (tls === "any" || tls === wanted) && holds(databases, "app") && holds(roles, "app_user"),
  );
}

function holds(names: readonly string[], name: string): boolean {
  return names.includes("all") || names.includes(name);
}
