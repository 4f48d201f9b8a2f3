import { both, either, not, type Trilean } from "../trilean.ts";
import type { Engine } from "./engine.ts";
import { grantHolds, grantsBySource, grantsFor, grantsOf, type Direction, type Grant } from "./grants.ts";
import { concernsIn, shownNames, shownReasons, type Isolation } from "./concern.ts";
import type { Answer, Endpoint, Outsider, Pod, Policy, Port, World } from "./model.ts";
import { remember } from "./remember.ts";

/** Answers whether `from` can open a connection to a port of `to`. */
export type Judge = (from: Endpoint, to: Pod, port: Port) => Answer;

/** Looks at two endpoints once, and then answers for each of the ports. */
export type PairJudge = (from: Endpoint, to: Pod) => (port: Port) => Answer;

/** Judges one world as one engine reads it. What is worked out for a pod is kept, so ask the same judge for all its peers. */
export function judge(world: World, engine: Engine): Judge {
  const pair = pairJudge(world, engine);
  return (from, to, port) => pair(from, to)(port);
}

const open: Answer = { allowed: true, by: [] };
const node: Outsider = { kind: "outsider" };

/** Judges as `judge` does, for those who ask about several ports. */
export function pairJudge(world: World, engine: Engine): PairJudge {
  const concern = concernsIn(world);
  const grantsOn = (pod: Pod, direction: Direction) =>
    concern(pod)[direction].by.flatMap((policy) => grantsOf(policy, direction, engine));
  const ingressGrants = remember((to: Pod) => grantsBySource(grantsOn(to, "ingress")));
  const egressGrants = remember((from: Pod) => grantsOn(from, "egress"));

  const asPods = (from: Endpoint, to: Endpoint): Side => {
    const holds: Holds = (grant, port) => grantHolds(grant, from, to, port, engine);
    const egress = from.kind === "pod" ? side(concern(from).egress, () => egressGrants(from), holds) : unguarded;
    const ingress =
      to.kind === "pod" ? side(concern(to).ingress, () => grantsFor(from, ingressGrants(to)), holds) : unguarded;
    return (port) => join(egress(port), ingress(port));
  };

  return (from, to) => {
    const foreign = [...(from.kind === "pod" ? concern(from).foreign : []), ...concern(to).foreign];
    if (foreign.length > 0) return () => ({ allowed: null, by: [...new Set(foreign)] });
    const pods = asPods(from, to);
    if (!to.hostNetwork && !(from.kind === "pod" && from.hostNetwork)) return pods;
    // A plugin sees a pod of the host network either as that pod or as its node: decided only where both come in.
    const nodes = asPods(from.kind === "pod" && from.hostNetwork ? node : from, to.hostNetwork ? node : to);
    return (port) => {
      const answer = pods(port);
      return answer.allowed === true && nodes(port).allowed === true ? answer : { ...answer, allowed: null };
    };
  };
}

type Side = (port: Port) => Answer;
type Holds = (grant: Grant, port: Port) => Trilean;

const unguarded: Side = () => open;

/** What one side of a connection says to it. */
function side({ isolated, by }: Isolation, grantsOf: () => readonly Grant[], holds: Holds): Side {
  if (isolated === false) return unguarded;
  const grants = grantsOf();
  return (port) => {
    const admitting: Policy[] = [];
    const undecided: Policy[] = [];
    for (const grant of grants) {
      const held = holds(grant, port);
      if (held === true) admitting.push(grant.policy);
      else if (held === null) undecided.push(grant.policy);
    }
    const admitted = admitting.length > 0 || (undecided.length > 0 ? null : false);
    const allowed = either(not(isolated), admitted);
    const reasons = allowed === true ? admitting : allowed === null ? undecided : [];
    return { allowed, by: shownNames(reasons.length === 0 ? by : reasons) };
  };
}

/** Both sides must let the connection through; the reasons are those of the side that decides. */
function join(egress: Answer, ingress: Answer): Answer {
  if (egress === open) return ingress;
  const allowed = both(egress.allowed, ingress.allowed);
  if (egress.allowed !== allowed) return ingress;
  if (ingress.allowed !== allowed) return egress;
  const by = [...new Set([...egress.by, ...ingress.by])].slice(0, shownReasons);
  return { allowed, by };
}
