import type { Peer, Pod, World } from "../network/model.ts";
import { matches, type Selector } from "../selector.ts";
import type { Cluster, Pooler } from "./cluster.ts";
import type { Exposure } from "./exposure.ts";
import { clusterLabel, jobPod, operatorLabel, operatorPod, poolerLabel } from "./pods.ts";
import type { Candidate } from "./source.ts";
import { ports } from "./verdict.ts";

const usualNamespace = "cnpg-system";
const nameLabel = "kubernetes.io/metadata.name";

/** A cluster's own pods and what runs it. */
export interface Household {
  readonly cluster: Cluster;
  readonly instances: readonly Pod[];
  readonly poolers: readonly { readonly pooler: Pooler; readonly pod: Pod; readonly exposed: Exposure }[];
  /** At which ports its instances are reached from outside in a way that may hide who comes. */
  readonly exposed: Exposure;
  readonly operator: Pod;
  /** Those pods of the input that are the cluster's own, or its operator's. */
  readonly present: ReadonlySet<Pod>;
}

/**
 * The pods of the operator or, where the input has none, one where policies expect it. Its label may be worn by anybody:
 * where policies name its namespace, or in the usual one, it is the operator's, and never in that of a database.
 */
export function findOperators(world: World, databaseNamespaces: ReadonlySet<string>): readonly [Pod, ...Pod[]] {
  const named = world.policies
    .flatMap(({ ingress }) => ingress.flatMap(({ peers }) => (peers === "everyone" ? [] : peers)))
    .filter((peer) => peer.kind === "pods" && valuesOf(peer.pods, operatorLabel.key).includes(operatorLabel.value))
    .flatMap((peer) => (peer.kind === "pods" && peer.namespaces ? valuesOf(peer.namespaces, nameLabel) : []));
  const wearing = world.pods.filter(({ labels }) => labels.values[operatorLabel.key] === operatorLabel.value);
  const elsewhere = wearing.map(({ namespace }) => namespace).filter((namespace) => !databaseNamespaces.has(namespace));
  for (const place of new Set([...named, usualNamespace, ...elsewhere])) {
    const [first, ...others] = wearing.filter(({ namespace }) => namespace === place);
    if (first !== undefined) return [first, ...others];
  }
  return [operatorPod(named[0] ?? usualNamespace)];
}

/** Whoever a cluster cannot live without. */
export function insiders({ cluster, instances, poolers, operator }: Household): Candidate[] {
  const { namespace, name } = cluster;
  const selector = `${clusterLabel}=${name}`;
  const friend = true;
  const peers: Candidate[] = [
    {
      source: { kind: "peer", name: "instances", namespace, selector },
      endpoints: instances,
      friend,
      lifelines: [ports.postgres, ports.status],
    },
    {
      source: { kind: "peer", name: "jobs", namespace, selector: `${selector},cnpg.io/jobRole` },
      endpoints: [jobPod(cluster)],
      friend,
      lifelines: [ports.postgres],
    },
  ];
  return [
    {
      source: { kind: "operator", namespace: operator.namespace },
      endpoints: [operator],
      friend,
      lifelines: [ports.status],
    },
    ...(cluster.instances > 1 ? peers : []),
    ...poolers.map(({ pooler, pod }): Candidate => ({
      source: { kind: "pooler", name: pooler.name, namespace, selector: `${poolerLabel}=${pooler.name}` },
      endpoints: [pod],
      friend,
      lifelines: [ports.postgres],
    })),
  ];
}

/** Whether a peer of a policy names pods of the household and nobody else. */
export function namesInsiders(
  peer: Extract<Peer, { kind: "pods" }>,
  policyNamespace: string,
  household: Household,
  world: World,
): boolean {
  const { cluster, poolers, operator } = household;
  if (valuesOf(peer.pods, operatorLabel.key).includes(operatorLabel.value)) {
    if (peer.namespaces === undefined) return policyNamespace === operator.namespace;
    return (
      valuesOf(peer.namespaces, nameLabel).join() === operator.namespace &&
      matches(peer.namespaces, world.namespaceLabels(operator.namespace)) === true
    );
  }
  if (peer.namespaces !== undefined || policyNamespace !== cluster.namespace) return false;
  return (
    valuesOf(peer.pods, clusterLabel).join() === cluster.name ||
    poolers.some(({ pooler }) => valuesOf(peer.pods, poolerLabel).join() === pooler.name)
  );
}

/** The values that a selector allows for a label; empty where it does not name them. */
export function valuesOf(selector: Selector, label: string): readonly string[] {
  return selector.requirements.find(({ key, operator }) => key === label && operator === "In")?.values ?? [];
}
