import { groupBy } from "../group-by.ts";
import { shownReasons } from "../network/concern.ts";
import { comparingJudge, type ComparedAnswer, type EngineName } from "../network/reach.ts";
import type { Endpoint, Peer, Pod, World } from "../network/model.ts";
import { knownAddresses } from "../network/pod-addresses.ts";
import { readFinishedPod } from "../network/read-pod.ts";
import { remember } from "../network/remember.ts";
import type { KubeObject, Problem } from "../objects.ts";
import type { Selector } from "../selector.ts";
import { anyOf, type Trilean } from "../trilean.ts";
import { isVague } from "./address-space.ts";
import { readClusters, readPoolers } from "./cluster.ts";
import { exposure } from "./exposure.ts";
import { findOperators, type Household } from "./insiders.ts";
import { readOwnedWorld, type OwnedPod } from "./own-pods.ts";
import { instancePods, poolerPod } from "./pods.ts";
import { passesPooler } from "./pooler-layer.ts";
import { postgresLayer, type PostgresLayer } from "./postgres-layer.ts";
import { formatSource, type Candidate, type Source } from "./source.ts";
import { findSources } from "./sources.ts";
import { ports, verdictOf, type Verdict } from "./verdict.ts";
import type { HbaLine } from "./visible-lines.ts";

/** Whether and how one source gets to one port of one cluster. */
export interface AccessRow {
  /** `namespace/name` of the Cluster. */
  readonly cluster: string;
  /** The pooler in front of the cluster whose port it is; absent for the instances' own. */
  readonly pooler?: string;
  readonly source: Source;
  readonly port: number;
  readonly network: NetworkCell;
  /** The lines of pg_hba that let the source authenticate, in order; empty on ports that are not PostgreSQL's. */
  readonly postgres: readonly AccessLine[];
  readonly verdict: Verdict;
  /** Who else comes by this pooler, which serves several roles: each may log in as the others, with their passwords. */
  readonly sharedWith?: readonly string[];
}

/** What the network says about a row. */
export interface NetworkCell {
  readonly allowed: Trilean;
  /** The policies that admit or, where none does, those that isolate: ten at most. */
  readonly by: readonly string[];
  /** Whether the other engine answers otherwise. */
  readonly differs: boolean;
}

/** One way to authenticate. */
export type AccessLine = Pick<
  HbaLine,
  "line" | "type" | "databases" | "roles" | "method" | "clientCertificate" | "tls"
>;

/** One cluster with all that decides who gets to it. */
export interface AccessSubject {
  /** `namespace/name` of the Cluster. */
  readonly cluster: string;
  readonly candidates: readonly Candidate[];
  /** The rows of these candidates, also of those that were found for another version of the cluster. */
  readonly rowsFor: (candidates: readonly Candidate[]) => AccessRow[];
}

type PooledPod = Household["poolers"][number];

const instancePorts = [ports.postgres, ports.status, ports.metrics];
const poolerPorts = [ports.postgres, ports.poolerMetrics];

/** Joins both layers for every Cluster among the objects. */
export function accessSubjects(
  objects: readonly KubeObject[],
  engine: EngineName,
  problems: Problem[],
  podCidrs: readonly string[] = [],
): AccessSubject[] {
  const given = readOwnedWorld(objects, problems);
  const poolers = readPoolers(objects);
  const exposureOf = exposure(objects);
  const families = readClusters(objects).map((cluster) => {
    const instances = instancePods(cluster, given.owned);
    const own = poolers.filter(({ namespace, cluster: of }) => namespace === cluster.namespace && of === cluster.name);
    return {
      cluster,
      instances,
      exposed: exposureOf(instances, cluster.services),
      poolers: own.map((pooler) => {
        const pod = poolerPod(pooler);
        return { pooler, pod, exposed: exposureOf([pod], [pooler.service]) };
      }),
    };
  });
  const made = families.flatMap((family) => [...family.instances, ...family.poolers.map(({ pod }) => pod)]);
  const world: World = { ...given, pods: [...new Set([...given.pods, ...made])], podCidrs };
  const holders = [...given.pods, ...objects.flatMap((source) => readFinishedPod(source) ?? [])];
  const operators = findOperators(world, new Set(families.map(({ cluster }) => cluster.namespace)));
  return families.map((family) => {
    const made = [...family.instances, ...family.poolers.map(({ pod }) => pod), ...ownedBy(family, given.owned)];
    const household: Household = { ...family, operator: operators[0], present: new Set([...operators, ...made]) };
    return accessSubject(household, world, engine, postgresLayer(family.cluster, problems, podCidrs, holders));
  });
}

/** The pods that the operator made for a cluster and its poolers. */
function ownedBy({ cluster, poolers }: Pick<Household, "cluster" | "poolers">, owned: readonly OwnedPod[]): OwnedPod[] {
  const names = { Cluster: [cluster.name], Pooler: poolers.map(({ pooler }) => pooler.name) };
  return owned.filter(
    ({ namespace, owner }) => namespace === cluster.namespace && names[owner.kind].includes(owner.name),
  );
}

/** What a row shows of a line, once for all rows that it is part of. */
const shown = remember(({ line, type, databases, roles, method, clientCertificate, tls }: HbaLine): AccessLine => ({
  line,
  type,
  databases,
  roles,
  method,
  ...(clientCertificate !== undefined && { clientCertificate }),
  tls,
}));

function accessSubject(household: Household, world: World, engine: EngineName, layer: PostgresLayer): AccessSubject {
  const ask = comparingJudge(world, engine);
  const cluster = `${household.cluster.namespace}/${household.cluster.name}`;
  const targets = distinguished(household.instances, world);
  const behind = remember(({ pod }: PooledPod) => waysIn({ kind: "pooler" }, [pod], layer));
  const passing = new Map<string, HbaLine[]>();
  /** The lines by which a pooler, seen by PostgreSQL in place of whom it lets through, logs them in. */
  function waysThrough(at: PooledPod, endpoints: readonly Endpoint[]): HbaLine[] {
    const known = endpoints.map(knownAddresses);
    const addresses = known.some((own) => own.length === 0) ? [] : known.flat();
    const key = [at.pooler.name, ...addresses].join(" ");
    const lines = passing.get(key) ?? behind(at).filter((line) => passesPooler(at.pooler, line, addresses));
    passing.set(key, lines);
    return lines;
  }

  /** The rows of one candidate on the instances' ports, or on those of a pooler. */
  function rows(
    candidate: Candidate,
    ports: readonly number[],
    targets: readonly Pod[],
    pooler?: PooledPod,
  ): AccessRow[] {
    const endpoints = distinct(candidate.endpoints);
    const answers = pairs(endpoints, targets).map(([from, to]) => ask(from, to));
    const { exposed } = pooler ?? household;
    return ports.map((number) => {
      const port = { number, protocol: "TCP" } as const;
      const told = answers.map((answer) => answer(port));
      if (!isOutside(candidate.source) || !exposed(number))
        return row({ ...candidate, endpoints }, number, told, pooler);
      const hidden = { ...candidate, endpoints: [...endpoints, somebody] };
      return row(hidden, number, told.map(atMostUndecided), pooler);
    });
  }

  function row(candidate: Candidate, port: number, answers: readonly ComparedAnswer[], at?: PooledPod): AccessRow {
    const { source, friend, endpoints, lifelines = [] } = candidate;
    const { allowed, by, differs } = deciding(answers, friend);
    const lines = port !== ports.postgres ? [] : at ? waysThrough(at, endpoints) : waysIn(source, endpoints, layer);
    // What may turn a friend away counts as if it did, and keeps no stranger out.
    const admits = layer.known ? anyOf(lines, (line) => (line.certain && !(friend && line.contested)) || null) : null;
    return {
      cluster,
      ...(at !== undefined && { pooler: at.pooler.name }),
      source,
      port,
      network: { allowed, by: allowed === null ? [...by].sort().slice(0, shownReasons) : by, differs },
      postgres: lines.map(shown),
      verdict: verdictOf({
        source,
        friend,
        port,
        isLifeline: lifelines.includes(port),
        network: allowed,
        admits,
        vague: source.cidr !== undefined && isVague(source.cidr, world.podCidrs ?? []),
        atPooler: at !== undefined,
      }),
    };
  }

  return {
    cluster,
    candidates: findSources({ world, household, admitted: layer.admitted }),
    rowsFor: (some) => [
      ...some.flatMap((candidate) => rows(candidate, instancePorts, targets)),
      ...household.poolers.flatMap((pooler) =>
        withSharers(
          some
            .filter(({ source: { kind } }) => kind !== "operator" && kind !== "peer" && kind !== "pooler")
            .flatMap((candidate) => rows(candidate, poolerPorts, [pooler.pod], pooler)),
        ),
      ),
    ],
  };
}

/** PostgreSQL knows a pooler's clients by its address only, so that any of them may try any of the roles it serves. */
function withSharers(rows: readonly AccessRow[]): AccessRow[] {
  const users = rows.filter(({ port, verdict }) => port === ports.postgres && verdict === "declared");
  const roles = new Set(users.flatMap(({ postgres }) => postgres.flatMap((line) => line.roles)));
  return rows.map((row) => {
    if (roles.size < 2 || users.length < 2 || !users.includes(row)) return row;
    return { ...row, sharedWith: users.filter((other) => other !== row).map(({ source }) => formatSource(source)) };
  });
}

/** One instance for all, unless a policy asks for a label, or for the address, by which they differ. */
function distinguished(instances: readonly Pod[], world: World): readonly Pod[] {
  const values = (key: string) => new Set(instances.map(({ labels }) => labels.values[key]));
  const differing = new Set(
    instances.flatMap(({ labels }) => Object.keys(labels.values)).filter((key) => values(key).size > 1),
  );
  const tells = ({ requirements, known }: Selector) => !known || requirements.some(({ key }) => differing.has(key));
  const tellsApart = (peer: Peer) =>
    peer.kind === "pods"
      ? tells(peer.pods)
      : peer.kind === "unknown" || instances.some(({ addresses }) => addresses.length > 0);
  const isTold = world.policies.some(
    ({ selector, ingress, egress }) =>
      tells(selector) || [...ingress, ...egress].some(({ peers }) => peers !== "everyone" && peers.some(tellsApart)),
  );
  return isTold ? instances : instances.slice(0, 1);
}

/** Whoever comes from outside by way of a node, with the node's address. */
const somebody: Endpoint = { kind: "outsider" };

function isOutside({ kind }: Source): boolean {
  return kind === "anyone" || kind === "cidr";
}

/** The answer where nobody can say whom a policy sees. */
function atMostUndecided(answer: ComparedAnswer): ComparedAnswer {
  return answer.allowed === false ? { ...answer, allowed: null } : answer;
}

/** One of those that no policy tells apart: replicas are many, and alike in all that the network looks at. */
function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (endpoints.length === 1) return endpoints;
  const alike = groupBy(endpoints, (endpoint) =>
    endpoint.kind === "pod" ? JSON.stringify({ ...endpoint, name: "" }) : (endpoint.address ?? ""),
  );
  return [...alike.values()].flatMap((same) => same.slice(0, 1));
}

/** Everybody with everybody else; a pod on its own stands for two with the same labels. */
function pairs(from: readonly Endpoint[], to: readonly Pod[]): (readonly [Endpoint, Pod])[] {
  const all = from.flatMap((source) => to.map((target) => [source, target] as const));
  const others = all.filter(([source, target]) => source !== target);
  return others.length > 0 ? others : all;
}

/** The answer that counts: for a friend the worst, for a stranger the best. */
function deciding(answers: readonly ComparedAnswer[], friend: boolean): ComparedAnswer {
  const find = (allowed: Trilean) => answers.find((answer) => answer.allowed === allowed);
  const found = find(!friend) ?? find(null) ?? find(friend) ?? { allowed: null, by: [], differs: false };
  return { ...found, differs: answers.some(({ differs }) => differs) };
}

/**
 * The lines by which a source may authenticate. The operator's head lines ask for certificates that only the cluster's own
 * pods have; replication between instances uses nothing else.
 */
function waysIn({ kind }: Source, endpoints: readonly Endpoint[], layer: PostgresLayer): HbaLine[] {
  const lines = new Map(endpoints.flatMap((endpoint) => layer.linesFor(endpoint)).map((line) => [line.index, line]));
  return [...lines.values()]
    .filter(({ method }) => method !== "reject")
    .filter(
      ({ origin, roles }) =>
        (kind === "peer" ? roles.includes("streaming_replica") : true) && (origin === "head") === (kind === "peer"),
    )
    .sort((a, b) => a.index - b.index);
}
