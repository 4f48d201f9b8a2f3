import { judgeSessions, objectsOf, reach, readWorld, type Problem } from "../../../policy/analysis/index.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { podStatus } from "../../../kube/pods.ts";
import type { Stack } from "../../policy/stacks/stack.ts";

/** What somebody may observe of one database. */
export interface Experience {
  readonly [question: string]: boolean | null;
}

/** Whom the judges answer for: two of the pods of the cluster. */
export interface Meeting {
  readonly pods: readonly KubeObject[];
  readonly from: KubeObject;
  readonly to: KubeObject;
}

export const ports = [5432, 8000, 9187] as const;
export const transports = { "with TLS": "require", "without TLS": "disable" } as const;

/** Which ports of an instance a pod reaches, as the judges say; null where they do not. */
export function expectedReach(stack: Stack, { pods, from, to }: Meeting): Experience {
  const problems: Problem[] = [];
  const world = readWorld(objectsOf([...stack.objects, ...pods], problems), problems);
  const asked = ports.map((number) => ({ number, protocol: "TCP" as const }));
  const rows = reach(world, asked, "k3s").filter((row) => row.from === title(from) && row.to === title(to));
  return Object.fromEntries(rows.map(({ port, allowed }) => [`reaches ${String(port)}`, allowed]));
}

/** Whether app_user with its password gets into the database app of an instance from a pod, as the judges say. */
export function expectedLogins({ cluster, namespace, objects }: Stack, { pods, from, to }: Meeting): Experience {
  const address = podStatus(from).podIP;
  if (address === undefined) throw new Error(`pod ${title(from)} has no address`);
  const logins = Object.values(transports).map((mode) => ({
    ...{ user: "app_user", database: "app", replication: false, address },
    ssl: mode === "require",
    instance: to.metadata.name ?? "",
  }));
  const problems: Problem[] = [];
  const judged = objectsOf([...objects, ...pods], problems);
  const verdicts = judgeSessions(judged, { namespace, name: cluster.metadata.name }, logins, "k3s", problems);
  const answers = verdicts.map(({ network, admits }) => (network.allowed === true ? admits : network.allowed));
  return Object.fromEntries(
    Object.keys(transports).map((transport, index) => [`logs in ${transport}`, answers[index] ?? null]),
  );
}

function title({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return `${namespace}/${name}`;
}
