import { matches } from "../selector.ts";
import { anyOf, type Trilean } from "../trilean.ts";
import { namespaceLabelsOf, selects } from "./matching.ts";
import type { Pod, Policy, World } from "./model.ts";
import { remember } from "./remember.ts";
import { selectorIndex } from "./selector-index.ts";

/** What closes a pod in one direction, before any rule opens it again. */
export interface Isolation {
  readonly isolated: Trilean;
  /** The policies that isolate the pod, or may. */
  readonly by: readonly Policy[];
}

/** Which policies concern a pod: on that all engines agree. */
export interface Concern {
  readonly ingress: Isolation;
  readonly egress: Isolation;
  /** The titles of policies of other kinds that may select the pod. */
  readonly foreign: readonly string[];
}

/** Thousands of policies may isolate one pod: nobody reads them all. */
export const shownReasons = 10;

/** The names of policies as a reason shows them; the same list of policies is asked for again and again. */
export const shownNames = remember((policies: readonly Policy[]): readonly string[] => {
  const names = new Set(policies.map(({ namespace, name }) => `${namespace}/${name}`));
  return [...names].sort().slice(0, shownReasons);
});

/** Finds what concerns the pods of a world, once for each. */
export const concernsIn = remember((world: World): ((pod: Pod) => Concern) => {
  const policies = selectorIndex<Policy>();
  for (const policy of world.policies) policies.add(policy.namespace, policy.selector, policy);

  return remember((pod) => {
    const selecting = policies.candidates(pod.namespace, pod.labels).filter((policy) => selects(policy, pod) !== false);
    const isolation = (by: readonly Policy[]): Isolation => ({
      isolated: anyOf(by, (policy) => selects(policy, pod)),
      by,
    });
    return {
      ingress: isolation(selecting.filter(({ isolatesIngress }) => isolatesIngress)),
      egress: isolation(selecting.filter(({ isolatesEgress }) => isolatesEgress)),
      foreign: world.foreign
        .filter(({ namespaces }) => matches(namespaces, namespaceLabelsOf(pod, world)) !== false)
        .filter(({ pods }) => matches(pods, pod.labels) !== false)
        .map(({ title }) => title),
    };
  });
});
