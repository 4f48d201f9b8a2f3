import { namespaceLabelsOf, selects } from "../../analysis/network/matching.ts";
import type { Pod, Policy, World } from "../../analysis/network/model.ts";
import { groupBy } from "../../analysis/group-by.ts";
import { matches } from "../../analysis/selector.ts";
import { anyOf, type Trilean } from "../../analysis/trilean.ts";
import type { StackRule } from "../rule.ts";
import { worldOf } from "../world.ts";
import { databasesOf, policiesOf } from "./database-pods.ts";

/** Without one that selects it a pod is open to everybody, whatever the policies beside it say. */
export const databasePodsIsolated: StackRule = {
  scope: "stack",
  name: "database-pods-isolated",
  level: "mandatory",
  severity: "critical",
  description: "A NetworkPolicy must isolate the pods of every Cluster, and those of its Poolers.",
  fix: "add a NetworkPolicy with policyTypes [Ingress] in the namespace of the Cluster that selects cnpg.io/cluster and admits the lifelines",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
  judge(stack) {
    const isolating = policiesOf(stack).flatMap(({ policy }) => (policy.isolatesIngress ? [policy] : []));
    const byNamespace = groupBy(isolating, ({ namespace }) => namespace);
    return [...databasesOf(stack).values()].flat().flatMap(({ cluster, namespace, instances, poolers }) => {
      const policies = byNamespace.get(namespace) ?? [];
      const open = [...instances, ...poolers]
        .filter((pod) => !isForeign(pod, worldOf(stack)))
        .map((pod) => ({ pod, isolated: isIsolated(pod, policies) }))
        .filter(({ isolated }) => isolated !== true);
      const first = open.find(({ isolated }) => isolated === false) ?? open[0];
      if (first === undefined) return [];
      const pods = [...new Set(open.map(({ pod: { name } }) => name))].join(", ");
      const message =
        first.isolated === null
          ? `whether a policy isolates ${pods} cannot be told: its podSelector is not known before up`
          : `no NetworkPolicy isolates ${pods}`;
      return [{ subject: cluster, message }];
    });
  },
};

function isIsolated(pod: Pod, policies: readonly Policy[]): Trilean {
  return anyOf(policies, (policy) => selects(policy, pod));
}

/** A policy of another kind may isolate it in its own way. */
function isForeign(pod: Pod, world: World): boolean {
  return world.foreign.some(
    ({ namespaces, pods }) =>
      matches(namespaces, namespaceLabelsOf(pod, world)) !== false && matches(pods, pod.labels) !== false,
  );
}
