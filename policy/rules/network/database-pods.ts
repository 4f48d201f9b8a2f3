import { readClusters, readPoolers } from "../../analysis/access/cluster.ts";
import { clusterLabel, instancePods, jobPod, poolerPod } from "../../analysis/access/pods.ts";
import { plainPod } from "../../analysis/network/plain-pod.ts";
import { samples } from "../../analysis/access/samples.ts";
import { groupBy } from "../../analysis/group-by.ts";
import { portMeans, selects } from "../../analysis/network/matching.ts";
import type { DeclaredPort, Pod, Policy, Rule } from "../../analysis/network/model.ts";
import { readPolicy } from "../../analysis/network/read-policy.ts";
import { remember } from "../../analysis/network/remember.ts";
import { groupOf, type KubeObject } from "../../analysis/objects.ts";
import { exactly, type Selector } from "../../analysis/selector.ts";
import { anyOf, type Trilean } from "../../analysis/trilean.ts";
import type { Stack } from "../stack.ts";
import { worldOf } from "../world.ts";

/** The ports of instances and poolers: PostgreSQL, status, metrics. */
export const databasePorts = [5432, 8000, 9187, 9127] as const;

/** A Cluster's pods, those of the stack or as the operator makes them. */
export interface Database {
  readonly cluster: KubeObject;
  readonly namespace: string;
  readonly instances: readonly Pod[];
  readonly poolers: readonly Pod[];
  readonly jobs: readonly Pod[];
}

/** The databases of a stack, by their namespaces. */
export const databasesOf = remember((stack: Stack): ReadonlyMap<string, readonly Database[]> => {
  const { owned } = worldOf(stack);
  const poolers = readPoolers(stack.objects);
  const databases = readClusters(stack.objects).map((cluster) => ({
    cluster: cluster.source,
    namespace: cluster.namespace,
    instances: instancePods(cluster, owned),
    poolers: poolers
      .filter(({ namespace, cluster: name }) => namespace === cluster.namespace && name === cluster.name)
      .map(poolerPod),
    jobs: [jobPod(cluster)],
  }));
  return groupBy(databases, ({ namespace }) => namespace);
});

/** The NetworkPolicies of a stack that the API server takes, with their objects. */
export const policiesOf = remember((stack: Stack): readonly { object: KubeObject; policy: Policy }[] =>
  stack.objects
    .filter(({ kind, ...object }) => kind === "NetworkPolicy" && groupOf({ kind, ...object }) === "networking.k8s.io")
    .flatMap((object) => {
      const policy = readPolicy(object, []);
      return policy === undefined ? [] : [{ object, policy }];
    }),
);

export function podsOf({ instances, poolers, jobs }: Database): readonly Pod[] {
  return [...instances, ...poolers, ...jobs];
}

/** Whether a selector asks for what only pods of CloudNativePG wear; one that is not known may. */
export function asksForDatabase({ requirements, known }: Selector): boolean {
  return !known || requirements.some(({ key, operator }) => key.startsWith("cnpg.io/") && isPositive(operator));
}

/** Whether a selector asks for no label at all, at most that some are missing. */
export function asksForNothing({ requirements }: Selector): boolean {
  return !requirements.some(({ operator }) => isPositive(operator));
}

function isPositive(operator: string): boolean {
  return operator === "In" || operator === "Exists";
}

const tcp = (name: string, number: number): DeclaredPort => ({ name, number, protocol: "TCP", sidecar: false });
const declared = {
  instance: [tcp("postgresql", 5432), tcp("status", 8000), tcp("metrics", 9187)],
  pooler: [tcp("pgbouncer", 5432), tcp("metrics", 9127)],
};

/** Two instances and two poolers that wear what a policy asks for, as far as it selects any. */
export function podsFor(policy: Policy): readonly Pod[] {
  return (["instance", "pooler"] as const)
    .flatMap((role) =>
      samples(policy.selector).flatMap(({ values }) =>
        ["1", "2"].map((number): Pod => {
          const labels = exactly({ [clusterLabel]: "pg", "cnpg.io/podRole": role, ...values });
          return { ...plainPod(policy.namespace, `${role}-${number}`, labels), ports: declared[role] };
        }),
      ),
    )
    .filter((pod) => selects(policy, pod) !== false);
}

/** Whether a rule opens a port of one of these pods. */
export function opens({ ports }: Rule, number: number, pods: readonly Pod[]): Trilean {
  if (ports === "all") return true;
  return anyOf(pods, (pod) => anyOf(ports, (match) => portMeans(match, { number, protocol: "TCP" }, pod)));
}
