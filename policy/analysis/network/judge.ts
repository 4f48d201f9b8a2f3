import { getOrAdd, groupBy } from "../group-by.ts";
import { exactly } from "../selector.ts";
import { both, either, not, type Trilean } from "../trilean.ts";
import type { Engine } from "./engine.ts";
import { grantHolds, grantsBySource, grantsOf, type Direction, type Grant } from "./grants.ts";
import { concernsIn, shownNames, shownReasons, type Isolation } from "./concern.ts";
import type { Answer, Endpoint, Outsider, Pod, Policy, Port, World } from "./model.ts";
import { plainPod } from "./plain-pod.ts";
import { knownAddresses } from "./pod-addresses.ts";
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

/** Stands for every pod whose address is not known, where its labels count for nothing. */
const podSomewhere = plainPod("", "any", exactly({}));

/** Judges as `judge` does, for those who ask about several ports. */
export function pairJudge(world: World, engine: Engine): PairJudge {
  const concern = concernsIn(world);
  const grantsOn = (pod: Pod, direction: Direction) =>
    concern(pod)[direction].by.flatMap((policy) => grantsOf(policy, direction, engine));
  const hear = (grants: readonly Grant[], from: Endpoint, to: Endpoint) =>
    hearing(grants, (grant, port) => grantHolds(grant, from, to, port, engine));

  const leaving = remember((from: Pod) => {
    const grants = grantsOn(from, "egress");
    return (to: Endpoint) => hear(grants, from, to);
  });

  const entering = remember((to: Pod) => {
    const { byLabels, byAddress, toBlocks } = grantsBySource(grantsOn(to, "ingress"));
    const fromSomewhere = rememberPorts(hear(toBlocks, podSomewhere, to));
    return (from: Endpoint) => {
      const named = byLabels(from);
      const addresses = knownAddresses(from);
      if (from.kind === "pod" && !from.hostNetwork && addresses.length === 0) {
        const here = hear(named, from, to);
        return (port: Port) => together(here(port), fromSomewhere(port));
      }
      const near = addresses.length > 0 ? addresses.flatMap(byAddress) : toBlocks;
      return hear([...named, ...near], from, to);
    };
  });

  const asPods = (from: Endpoint, to: Endpoint): Side => {
    const egress = from.kind === "pod" ? side(concern(from).egress, () => leaving(from)(to)) : unguarded;
    const ingress = to.kind === "pod" ? side(concern(to).ingress, () => entering(to)(from)) : unguarded;
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

/** The policies whose grants admit a connection, and those whose grants may. */
interface Heard {
  readonly admitting: readonly Policy[];
  readonly undecided: readonly Policy[];
}
type Hearing = (port: Port) => Heard;

function hearing(grants: readonly Grant[], holds: (grant: Grant, port: Port) => Trilean): Hearing {
  return (port) => {
    const held = groupBy(grants, (grant) => holds(grant, port));
    const policies = (answer: Trilean) => held.get(answer)?.map(({ policy }) => policy) ?? [];
    return { admitting: policies(true), undecided: policies(null) };
  };
}

function together(one: Heard, other: Heard): Heard {
  const joined = (some: readonly Policy[], more: readonly Policy[]) => (some.length === 0 ? more : [...some, ...more]);
  return {
    admitting: joined(one.admitting, other.admitting),
    undecided: joined(one.undecided, other.undecided),
  };
}

function rememberPorts(hear: Hearing): Hearing {
  const known = new Map<string, Heard>();
  return (port) => getOrAdd(known, `${port.protocol} ${String(port.number)}`, () => hear(port));
}

const unguarded: Side = () => open;

/** What one side of a connection says to it. */
function side({ isolated, by }: Isolation, listen: () => Hearing): Side {
  if (isolated === false) return unguarded;
  const hear = listen();
  return (port) => {
    const { admitting, undecided } = hear(port);
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
