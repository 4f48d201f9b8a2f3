import { matches } from "../selector.ts";
import { anyOf, both, either, not, type Trilean } from "../trilean.ts";
import type { Engine } from "./engine.ts";
import { grantHolds, grantsBySource, grantsFor, grantsOf, type Direction, type Grant } from "./grants.ts";
import { namespaceLabelsOf, selects } from "./matching.ts";
import type { Answer, Endpoint, Outsider, Pod, Policy, Port, World } from "./model.ts";
import { remember } from "./remember.ts";
import { selectorIndex } from "./selector-index.ts";

/** Answers whether `from` can open a connection to a port of `to`. */
export type Judge = (from: Endpoint, to: Pod, port: Port) => Answer;

/** Thousands of policies may isolate one pod: nobody reads them all. */
const shownReasons = 10;

const open: Answer = { allowed: true, by: [] };
const node: Outsider = { kind: "outsider" };

/** Judges one world as one engine reads it. What is worked out for a pod is kept, so ask the same judge for all its peers. */
export function judge(world: World, engine: Engine): Judge {
  const policies = selectorIndex<Policy>();
  for (const policy of world.policies) policies.add(policy.namespace, policy.selector, policy);

  const selecting = remember((pod: Pod) =>
    policies.candidates(pod.namespace, pod.labels).filter((policy) => selects(policy, pod) !== false),
  );
  const isolating = {
    ingress: remember((pod: Pod) => selecting(pod).filter((policy) => policy.isolatesIngress)),
    egress: remember((pod: Pod) => selecting(pod).filter((policy) => policy.isolatesEgress)),
  };
  const grantsOn = (pod: Pod, direction: Direction) =>
    isolating[direction](pod).flatMap((policy) => grantsOf(policy, direction, engine));
  const ingressGrants = remember((to: Pod) => grantsBySource(grantsOn(to, "ingress")));
  const egressGrants = remember((from: Pod) => grantsOn(from, "egress"));
  const foreign = remember((pod: Pod) =>
    world.foreign
      .filter(({ namespaces }) => matches(namespaces, namespaceLabelsOf(pod, world)) !== false)
      .filter(({ pods }) => matches(pods, pod.labels) !== false)
      .map(({ title }) => title),
  );

  const namesOf = remember(names);

  const side = (pod: Pod, direction: Direction, grants: readonly Grant[], holds: Holds): Answer => {
    const isolatedBy = isolating[direction](pod);
    const isolated = anyOf(isolatedBy, (policy) => selects(policy, pod));
    if (isolated === false) return open;
    const answers = grants.map((grant) => ({ grant, holds: holds(grant) }));
    const admitted = anyOf(answers, (answer) => answer.holds);
    const allowed = either(not(isolated), admitted);
    const reasons = answers.filter((answer) => answer.holds === allowed).map(({ grant }) => grant.policy);
    return { allowed, by: allowed === false || reasons.length === 0 ? namesOf(isolatedBy) : names(reasons) };
  };

  const answer = (from: Endpoint, to: Endpoint, port: Port): Answer => {
    const holds: Holds = (grant) => grantHolds(grant, from, to, port, engine);
    return join(
      from.kind === "pod" ? side(from, "egress", egressGrants(from), holds) : open,
      to.kind === "pod" ? side(to, "ingress", grantsFor(from, ingressGrants(to)), holds) : open,
    );
  };

  return (from, to, port) => {
    const others = [...new Set([...(from.kind === "pod" ? foreign(from) : []), ...foreign(to)])];
    if (others.length > 0) return { allowed: null, by: others };
    const asPods = answer(from, to, port);
    if (!to.hostNetwork && !(from.kind === "pod" && from.hostNetwork)) return asPods;
    // A plugin sees a pod of the host network either as that pod or as its node: decided only where both come in.
    const asNodes = answer(from.kind === "pod" && from.hostNetwork ? node : from, to.hostNetwork ? node : to, port);
    return asPods.allowed === true && asNodes.allowed === true ? asPods : { allowed: null, by: asPods.by };
  };
}

type Holds = (grant: Grant) => Trilean;

/** Both sides must let the connection through; the reasons are those of the side that decides. */
function join(egress: Answer, ingress: Answer): Answer {
  const allowed = both(egress.allowed, ingress.allowed);
  const deciding = [egress, ingress].filter((answer) => answer.allowed === allowed);
  return { allowed, by: [...new Set(deciding.flatMap(({ by }) => by))].slice(0, shownReasons) };
}

function names(policies: readonly Policy[]): string[] {
  return [...new Set(policies.map(({ namespace, name }) => `${namespace}/${name}`))].sort().slice(0, shownReasons);
}
