import { hba, type Decision } from "../hba/index.ts";
import { comparingJudge, type EngineName } from "../network/reach.ts";
import type { Endpoint, Pod, World } from "../network/model.ts";
import { readWorld } from "../network/world.ts";
import type { KubeObject, Problem } from "../objects.ts";
import { matches } from "../selector.ts";
import type { Trilean } from "../trilean.ts";
import { readClusters, type Cluster } from "./cluster.ts";
import type { NetworkCell } from "./table.ts";
import { ports } from "./verdict.ts";

/** A session that is open now, as pg_stat_activity and pg_stat_ssl tell of it. */
export interface Session {
  readonly user: string;
  /** Empty for physical replication. */
  readonly database: string;
  /** Where it comes from; sessions over the Unix socket have no address, and are none of these. */
  readonly address: string;
  readonly ssl: boolean;
  /** True for physical replication, `database` for logical. */
  readonly replication: boolean | "database";
  /** Name of the instance's pod that it is connected to. */
  readonly instance: string;
}

/** Whether the same login would be let in by what the objects say. */
export interface SessionVerdict {
  readonly session: Session;
  /** `namespace/name` of the pods that have the address; several where they share their node's, none for an outsider. */
  readonly pods: readonly string[];
  readonly network: NetworkCell;
  /** What the first line that matches asks for; null where none does. */
  readonly method: Decision["method"];
  /** Its line among the Cluster's own, from 1; null for the operator's. */
  readonly line: number | null;
  /** Whether PostgreSQL would let it try its password or certificate. */
  readonly admits: Trilean;
}

/**
 * Judges sessions as new logins. What was used to log in is not known: a password that is right for a line is taken to be so.
 * @param objects a Cluster of this name, its NetworkPolicies, and live pods with their addresses
 * @throws Error where the Cluster is not among the objects, or its lines are not known
 */
export function judgeSessions(
  objects: readonly KubeObject[],
  of: { readonly namespace: string; readonly name: string },
  sessions: readonly Session[],
  engine: EngineName,
  problems: Problem[],
): SessionVerdict[] {
  const cluster = readClusters(objects).find(({ namespace, name }) => namespace === of.namespace && name === of.name);
  if (cluster?.pgHba === undefined) throw new Error(`no Cluster ${of.namespace}/${of.name} whose lines are known`);
  const world = readWorld(objects, problems);
  const ask = comparingJudge(world, engine);
  const { decisions } = hba({
    text: cluster.pgHba.join("\n"),
    major: cluster.major,
    cnpg: true,
    selectors: addressesOf(cluster, world),
    probes: sessions.map((session) => ({ ...session, roles: [] })),
  });
  return sessions.map((session, index) => {
    const pods = world.pods.filter(({ addresses }) => addresses.includes(session.address));
    const { line, method, undecided } = decisions[index] ?? { line: null, method: null };
    return {
      session,
      pods: pods.map(({ namespace, name }) => `${namespace}/${name}`),
      network: network(pods, session),
      method,
      line,
      admits: undecided === undefined ? method !== null && method !== "reject" : null,
    };
  });

  function network(pods: readonly Pod[], { address, instance }: Session): NetworkCell {
    const to = world.pods.find(({ namespace, name }) => namespace === of.namespace && name === instance);
    if (to === undefined || isWithin(address))
      return { allowed: to === undefined ? null : true, by: [], differs: false };
    const [only] = pods.filter(({ hostNetwork }) => !hostNetwork);
    const from: Endpoint = only ?? { kind: "outsider", address };
    return ask(from, to)({ number: ports.postgres, protocol: "TCP" });
  }
}

/** `kubectl port-forward` ends inside the instance: no policy sees it, and pg_hba sees the loopback address. */
function isWithin(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** The addresses that the operator would write for each pod selector. */
function addressesOf(cluster: Cluster, { pods }: World): Map<string, readonly string[]> {
  return new Map(
    cluster.selectors.map(({ name, selector }) => [
      name,
      pods
        .filter(({ namespace, labels }) => namespace === cluster.namespace && matches(selector, labels) === true)
        .flatMap(({ addresses }) => addresses),
    ]),
  );
}
