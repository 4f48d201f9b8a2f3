import { hba, objectsOf, reach, readWorld, type Problem } from "../../../policy/analysis/index.ts";
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

/** The PostgreSQL that the operand of the local node has. */
const major = 15;

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
export function expectedLogins(stack: Stack, meeting: Meeting): Experience {
  const reaches = expectedReach(stack, meeting)["reaches 5432"] ?? null;
  const { pg_hba } = stack.cluster.spec.postgresql;
  const address = addressOf(meeting.from);
  const { decisions } = hba({
    text: pg_hba.join("\n"),
    major,
    cnpg: true,
    selectors: selectorAddresses(stack, meeting.pods),
    probes: Object.values(transports).map((mode) => ({
      address,
      ssl: mode === "require",
      replication: false,
      database: "app",
      user: "app_user",
      roles: [],
    })),
  });
  const admits = decisions.map(({ method, undecided }) =>
    undecided === undefined ? method !== null && method !== "reject" : null,
  );
  return Object.fromEntries(
    Object.keys(transports).map((transport, index) => [
      `logs in ${transport}`,
      reaches === true ? (admits[index] ?? null) : reaches,
    ]),
  );
}

/** The addresses that the operator finds for each reference: all its selectors here ask for labels by value. */
function selectorAddresses({ cluster, namespace }: Stack, pods: readonly KubeObject[]): Map<string, string[]> {
  const own = pods.filter(({ metadata }) => metadata.namespace === namespace);
  return new Map(
    cluster.spec.podSelectorRefs.map(({ name, selector: { matchLabels = {} } }) => [
      name,
      own
        .filter(({ metadata: { labels } }) =>
          Object.entries(matchLabels).every(([key, value]) => labels?.[key] === value),
        )
        .map(addressOf),
    ]),
  );
}

function addressOf(pod: KubeObject): string {
  const { podIP } = podStatus(pod);
  if (podIP === undefined) throw new Error(`pod ${title(pod)} has no address`);
  return podIP;
}

function title({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return `${namespace}/${name}`;
}
