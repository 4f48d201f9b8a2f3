import { groupBy } from "../group-by.ts";
import { selects } from "../network/matching.ts";
import { setEntries } from "../network/known-deviations.ts";
import type { Peer, Pod, Rule, World } from "../network/model.ts";
import { podFinder } from "../network/pod-finder.ts";
import { exactly, type Labels } from "../selector.ts";
import { holds, isEverything, representative } from "./address-space.ts";
import { insiders, namesInsiders, valuesOf, type Household } from "./insiders.ts";
import { plainPod, poolerLabel, sampleLabels } from "./pods.ts";
import type { PostgresLayer } from "./postgres-layer.ts";
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
  const declared = clients(around);
  const admittedByPolicy = admittedPods(around, rules);
  const found = [
    ...declared,
    ...insiders(household),
    ...admittedByPolicy,
    ...unnamedScraper(around, admittedByPolicy),
    ...cidrs.map((cidr) => addressRange(cidr, cidrs, admitted.cidrs.includes(cidr))),
    ...otherPods(around, declared),
    ...strangers(household.cluster.namespace, cidrs),
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

/** The pods that a line of pg_hba lets in by their selector: those of the input, or one that wears just the labels. */
function clients({ world, household: { cluster }, admitted }: Surroundings): Candidate[] {
  const find = podFinder(world.pods);
  return cluster.selectors
    .filter(({ name, selector }) => admitted.selectors.has(name) && valuesOf(selector, poolerLabel).length === 0)
    .map(({ name, selector }) => {
      const present = find(cluster.namespace, selector);
      const sample = plainPod(cluster.namespace, name, sampleLabels(selector));
      return {
        source: { kind: "client", name, namespace: cluster.namespace, selector: formatSelector(selector) },
        endpoints: present.length > 0 ? present : [sample],
        friend: true,
      };
    });
}

/** Whom policies name as peers of the database, its own household aside. */
function admittedPods(around: Surroundings, rules: readonly PolicyRule[]): Candidate[] {
  const { world, household } = around;
  const named = rules.flatMap(({ namespace, rule }) =>
    podPeers(rule)
      .filter((peer) => !namesInsiders(peer, namespace, household, world))
      .flatMap((peer) => placesOf(peer, namespace).map((place) => ({ rule, ...describePeer(peer, place) }))),
  );
  return [...groupBy(named, ({ source }) => keyOf(source)).values()].flatMap((same) =>
    same.slice(0, 1).map(({ source, pod }): Candidate => {
      const scrapes = source.kind === "pods" && same.every(({ rule }) => opensOnlyMetrics(rule));
      return scrapes ? scraper({ ...source, kind: "scraper" }, pod) : { source, endpoints: [pod], friend: false };
    }),
  );
}

function scraper(source: Source, pod: Pod): Candidate {
  return { source, endpoints: [pod], friend: true, lifelines: [ports.metrics, ports.poolerMetrics] };
}

/** Whoever is meant to read the metrics, where no policy names anybody for it. */
function unnamedScraper({ household }: Surroundings, admitted: readonly Candidate[]): Candidate[] {
  if (!household.cluster.monitored || admitted.some(({ source }) => source.kind === "scraper")) return [];
  return [scraper({ kind: "scraper", name: "of the metrics" }, podIn(anywhere, exactly({})))];
}

/** A namespace that stands for those a peer selects. */
interface Place {
  /** How the source names it; absent for any namespace. */
  readonly title?: string;
  readonly name: string;
  /** Absent where the input may hold the namespace. */
  readonly labels?: Labels;
}

const anywhere: Place = { name: "elsewhere", labels: exactly({ [nameLabel]: "elsewhere" }) };

/** The namespaces that a peer names, or one that wears the labels it asks for. */
function placesOf({ namespaces }: PodPeer, own: string): readonly Place[] {
  if (namespaces === undefined) return [{ title: own, name: own }];
  const names = valuesOf(namespaces, nameLabel);
  if (names.length > 0) return names.map((name) => ({ title: name, name }));
  if (namespaces.requirements.length === 0) return [anywhere];
  const labels = { ...anywhere.labels?.values, ...sampleLabels(namespaces).values };
  return [{ title: formatSelector(namespaces), name: anywhere.name, labels: exactly(labels) }];
}

function describePeer(peer: PodPeer, place: Place): { source: Source; pod: Pod } {
  const selector = formatSelector(peer.pods);
  const where = place.title === undefined ? {} : { namespace: place.title };
  const source: Source = selector === "" ? { kind: "namespace", ...where } : { kind: "pods", ...where, selector };
  return { source, pod: podIn(place, sampleLabels(peer.pods)) };
}

function podIn({ name, labels }: Place, podLabels: Labels): Pod {
  const pod = plainPod(name, "any", podLabels);
  return labels === undefined ? pod : { ...pod, namespaceLabels: labels };
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

function addressRange(cidr: string, mentioned: readonly string[], friend: boolean): Candidate {
  const address = representative(cidr, mentioned) ?? cidr.replace(/\/.*/, "");
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
function strangers(namespace: string, cidrs: readonly string[]): Candidate[] {
  // An engine may take only parts of it for everything.
  const parts = ["0.0.0.0/0", "::/0"].flatMap((everything) => [everything, ...setEntries(everything)]);
  const unnamed = parts.filter((part) => !cidrs.some((cidr) => holds(cidr, part)));
  const outside = new Set(unnamed.flatMap((part) => representative(part, cidrs) ?? []));
  return [
    {
      source: { kind: "namespace", name: "any other pod", namespace },
      endpoints: [plainPod(namespace, "any", exactly({}))],
      friend: false,
    },
    {
      source: { kind: "namespace", name: "any other namespace" },
      endpoints: [podIn(anywhere, exactly({}))],
      friend: false,
    },
    {
      source: { kind: "anyone", name: "outside the cluster" },
      endpoints: [...outside].map((address) => ({ kind: "outsider", address })),
      friend: false,
    },
  ];
}
