import { groupBy } from "../group-by.ts";
import { holds } from "../network/cidr.ts";
import { selects } from "../network/matching.ts";
import { setEntries } from "../network/known-deviations.ts";
import type { Peer, Pod, Rule, World } from "../network/model.ts";
import { plainPod } from "../network/plain-pod.ts";
import { podFinder } from "../network/pod-finder.ts";
import { selectorIndex } from "../network/selector-index.ts";
import { exactly, matches, type Labels, type Requirement, type Selector } from "../selector.ts";
import { isEverything, representatives } from "./address-space.ts";
import type { PodSelectorRef } from "./cluster.ts";
import { insiders, namesInsiders, valuesOf, type Household } from "./insiders.ts";
import { poolerLabel } from "./pods.ts";
import type { PostgresLayer } from "./postgres-layer.ts";
import { samples } from "./samples.ts";
import { formatLabels, formatSelector, keyOf, type Candidate, type Source } from "./source.ts";
import { ports } from "./verdict.ts";

type PodPeer = Extract<Peer, { kind: "pods" }>;

/** What the sources of one cluster are looked for in. */
export interface Surroundings {
  readonly world: World;
  readonly household: Household;
  readonly admitted: PostgresLayer["admitted"];
}

const nameLabel = "kubernetes.io/metadata.name";

/** Everybody who may ask for the database: whom the cluster declares, needs or admits, every other pod, and strangers. */
export function findSources(around: Surroundings): Candidate[] {
  const { household, admitted } = around;
  const rules = rulesOnDatabase(around);
  const cidrs = [...new Set([...admitted.cidrs, ...rules.flatMap(({ rule }) => blocksOf(rule))])].filter(
    (cidr) => !isEverything(cidr),
  );
  const representative = representatives(cidrs);
  const declaredCidrs = new Set(admitted.cidrs);
  const declared = clients(around);
  const admittedByPolicy = admittedPods(around, rules);
  const found = [
    ...declared,
    ...insiders(household),
    ...admittedByPolicy,
    ...unnamedScraper(around, admittedByPolicy),
    ...cidrs.map((cidr) => addressRange(cidr, representative(cidr), declaredCidrs.has(cidr))),
    ...otherPods(around, declared),
    ...strangers(household.cluster.namespace, cidrs, representative),
  ];
  const byKey = groupBy(found, ({ source }) => keyOf(source));
  return [...byKey.values()].flatMap((same) => same.slice(0, 1));
}

interface PolicyRule {
  readonly namespace: string;
  readonly rule: Rule;
}

/** The ingress rules of all policies that select the database or one of its poolers. */
function rulesOnDatabase({ world, household }: Surroundings): PolicyRule[] {
  const guarded = [...household.instances, ...household.poolers.map(({ pod }) => pod)];
  return world.policies
    .filter((policy) => guarded.some((pod) => selects(policy, pod) !== false))
    .flatMap(({ namespace, ingress }) => ingress.map((rule) => ({ namespace, rule })));
}

/** The pod selectors that lines of pg_hba let in, those for poolers aside. */
function clientRefs({ household: { cluster }, admitted }: Surroundings): readonly PodSelectorRef[] {
  return cluster.selectors.filter(
    ({ name, selector }) => admitted.selectors.has(name) && valuesOf(selector, poolerLabel).length === 0,
  );
}

/** The pods of each client: those of the input or, without any, some that wear just the labels. */
function clients(around: Surroundings): Candidate[] {
  const { world, household } = around;
  const { namespace } = household.cluster;
  const find = podFinder(world.pods.filter((pod) => !household.present.has(pod)));
  return clientRefs(around).map(({ name, selector, refusal }) => {
    const present = find(namespace, selector);
    const asked = refusal === undefined ? { selector: formatSelector(selector) } : {};
    return {
      source: { kind: "client", name, namespace, ...asked },
      endpoints:
        present.length > 0 ? present : samplesOrNobody(selector).map((labels) => plainPod(namespace, name, labels)),
      friend: true,
    };
  });
}

/** Whom nobody can satisfy is asked about as a pod without labels, which neither layer knows. */
function samplesOrNobody(selector: Selector): readonly Labels[] {
  const found = samples(selector);
  return found.length > 0 ? found : [exactly({})];
}

/** Whom policies name as peers of the database, its own household aside. */
function admittedPods(around: Surroundings, rules: readonly PolicyRule[]): Candidate[] {
  const { world, household } = around;
  const clientOf = clientFinder(around);
  const named = rules.flatMap(({ namespace, rule }) =>
    podPeers(rule)
      .filter((peer) => !namesInsiders(peer, namespace, household, world))
      .flatMap((peer) => placesOf(peer, namespace).map((place) => ({ rule, ...describePeer(peer, place) }))),
  );
  const somebody = named.filter(({ pods }) => pods.length > 0);
  return [...groupBy(somebody, ({ source }) => keyOf(source)).values()].flatMap((same) =>
    same.slice(0, 1).flatMap(({ source, pods }): Candidate[] => {
      const scrapes = source.kind === "pods" && same.every(({ rule }) => opensOnlyMetrics(rule));
      return scrapes ? [scraper({ ...source, kind: "scraper" }, pods)] : splitByClient(source, pods, clientOf);
    }),
  );
}

/** Finds the client that a pod is by its labels: a policy may name only some of its pods. Who wears none is nobody's client. */
function clientFinder(around: Surroundings): (pod: Pod) => string | undefined {
  const { namespace } = around.household.cluster;
  const refs = selectorIndex<PodSelectorRef>();
  const asking = clientRefs(around).filter(({ selector }) => selector.requirements.some(asksForLabel));
  for (const ref of asking) refs.add(namespace, ref.selector, ref);
  return (pod) => {
    if (pod.namespace !== namespace) return undefined;
    return refs.candidates(namespace, pod.labels).find(({ selector }) => matches(selector, pod.labels) === true)?.name;
  };
}

function asksForLabel({ operator }: Requirement): boolean {
  return operator === "In" || operator === "Exists";
}

/** Those pods of a peer that are a client's, and the strangers among them. */
function splitByClient(source: Source, pods: readonly Pod[], clientOf: (pod: Pod) => string | undefined): Candidate[] {
  const byClient = groupBy(pods, clientOf);
  return [...byClient].flatMap(([name, own]): Candidate[] => {
    if (name === undefined) return [{ source, endpoints: own, friend: false }];
    const client = { ...source, kind: "client", name } as const;
    if (byClient.size === 1) return [{ source: client, endpoints: own, friend: true }];
    return own.map((pod) => ({
      source: { ...client, selector: formatLabels(pod.labels) },
      endpoints: [pod],
      friend: true,
    }));
  });
}

function scraper(source: Source, endpoints: readonly Pod[]): Candidate {
  return { source, endpoints, friend: true, lifelines: [ports.metrics, ports.poolerMetrics] };
}

/** Whoever is meant to read the metrics, where no policy names anybody for it. */
function unnamedScraper({ household }: Surroundings, admitted: readonly Candidate[]): Candidate[] {
  if (!household.cluster.monitored || admitted.some(({ source }) => source.kind === "scraper")) return [];
  return [scraper({ kind: "scraper", name: "of the metrics" }, podsIn(anywhere, [exactly({})]))];
}

/** A namespace that stands for those a peer selects. */
interface Place {
  /** How the source names it; absent for any namespace. */
  readonly title?: string;
  readonly name: string;
  /** The labels that it may wear; absent where the input may hold the namespace. */
  readonly labels?: readonly Labels[];
}

const elsewhere = { [nameLabel]: "elsewhere" };
const anywhere: Place = { name: "elsewhere", labels: [exactly(elsewhere)] };

/** The namespaces that a peer names, or one that wears the labels it asks for. */
function placesOf({ namespaces }: PodPeer, own: string): readonly Place[] {
  if (namespaces === undefined) return [{ title: own, name: own }];
  const asked = samples(namespaces).map(({ values }) => values);
  if (valuesOf(namespaces, nameLabel).length > 0) {
    const names = new Set(asked.flatMap(({ [nameLabel]: name }) => name ?? []));
    return [...names].map((name) => ({ title: name, name }));
  }
  if (namespaces.requirements.length === 0) return [anywhere];
  const labels = asked.map((values) => exactly({ ...elsewhere, ...values }));
  return [{ title: formatSelector(namespaces), name: anywhere.name, labels }];
}

function describePeer(peer: PodPeer, place: Place): { source: Source; pods: readonly Pod[] } {
  const selector = formatSelector(peer.pods);
  const where = place.title === undefined ? {} : { namespace: place.title };
  const source: Source = selector === "" ? { kind: "namespace", ...where } : { kind: "pods", ...where, selector };
  return { source, pods: podsIn(place, samples(peer.pods)) };
}

function podsIn({ name, labels }: Place, podLabels: readonly Labels[]): Pod[] {
  const pods = podLabels.map((worn) => plainPod(name, "any", worn));
  if (labels === undefined) return pods;
  return labels.flatMap((namespaceLabels) => pods.map((pod) => ({ ...pod, namespaceLabels })));
}

function opensOnlyMetrics({ ports: opened }: Rule): boolean {
  return (
    opened !== "all" &&
    opened.every((match) => {
      if (match.kind === "name") return match.name === "metrics";
      return match.kind === "numbers" && match.first === match.last && isMetrics(match.first);
    })
  );
}

function isMetrics(port: number): boolean {
  return port === ports.metrics || port === ports.poolerMetrics;
}

function podPeers({ peers }: Rule): PodPeer[] {
  return peers === "everyone" ? [] : peers.filter((peer) => peer.kind === "pods");
}

function blocksOf({ peers }: Rule): string[] {
  if (peers === "everyone") return [];
  return peers.flatMap((peer) => (peer.kind === "block" ? [peer.block.cidr, ...peer.block.except] : []));
}

function addressRange(cidr: string, rest: string | undefined, friend: boolean): Candidate {
  const address = rest ?? cidr.replace(/\/.*/, "");
  return { source: { kind: "cidr", cidr }, endpoints: [{ kind: "outsider", address }], friend };
}

/** The pods of the input that nobody declared. */
function otherPods({ world, household: { present } }: Surroundings, declared: readonly Candidate[]): Candidate[] {
  const known = new Set(declared.flatMap(({ endpoints }) => endpoints));
  return world.pods
    .filter((pod) => !known.has(pod) && !present.has(pod))
    .map((pod) => ({
      source: { kind: "pods", name: pod.name, namespace: pod.namespace, selector: formatLabels(pod.labels) },
      endpoints: [pod],
      friend: false,
    }));
}

/** Whoever is not named: the other pods of the namespace, those of other namespaces, and addresses outside the cluster. */
function strangers(
  namespace: string,
  cidrs: readonly string[],
  representative: (cidr: string) => string | undefined,
): Candidate[] {
  // An engine may take only parts of it for everything.
  const parts = ["0.0.0.0/0", "::/0"].flatMap((everything) => [everything, ...setEntries(everything)]);
  const unnamed = parts.filter((part) => !cidrs.some((cidr) => holds(cidr, part)));
  const outside = new Set(unnamed.flatMap((part) => representative(part) ?? []));
  return [
    {
      source: { kind: "namespace", name: "any other pod", namespace },
      endpoints: [plainPod(namespace, "any", exactly({}))],
      friend: false,
    },
    {
      source: { kind: "namespace", name: "any other namespace" },
      endpoints: podsIn(anywhere, [exactly({})]),
      friend: false,
    },
    {
      source: { kind: "anyone", name: "outside the cluster" },
      endpoints: [...outside].map((address) => ({ kind: "outsider", address })),
      friend: false,
    },
  ];
}
