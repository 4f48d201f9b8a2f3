import type { Answer } from "./probe.ts";

/** What one look at one node's canary showed. */
export interface Sighting {
  node: string;
  /** The allowed client's answers: one before and one after the denied client's. */
  allowed: Answer[];
  denied: Answer;
}

/** One look at every node's canary. */
export type Round = Sighting[];

/** All looks so far, in order. */
export interface Observations {
  /** Without any policy. */
  open: Round[];
  /** With the policy that admits only the allowed client. */
  guarded: Round[];
}

/** What packets said about the enforcement of NetworkPolicy. Only `enforced` is green. */
export interface Verdict {
  kind: "enforced" | "not enforced" | "no connectivity" | "allowed client blocked" | "undecided";
  /** The finding and what to do about it, for people. */
  message: string;
}

/** So many looks in a row have to agree, with a policy in place. */
export const streak = 3;

/** Whether, without a policy, both clients reach every canary: from here on a failure means something. */
export function isOpen(round: Round | undefined): boolean {
  return round !== undefined && round.length > 0 && answersIn(round).every(connected);
}

/** The verdict `enforced` as soon as the looks support it. */
export function decide({ open, guarded }: Observations): Verdict | undefined {
  const last = guarded.slice(-streak);
  if (!isOpen(open.at(-1)) || last.length < streak) return undefined;
  const holds = ({ allowed, denied }: Sighting) => allowed.every(connected) && blocked(denied);
  if (!last.flat().every(holds)) return undefined;
  const said = quoted(last.flat().map(({ denied }) => denied));
  return {
    kind: "enforced",
    message:
      `NetworkPolicy is enforced on ${nodesOf(last.flat())}: with a policy in place the denied client failed ` +
      `${String(streak)} times in a row (${said}), and the allowed client connected before, during and after`,
  };
}

/** The verdict when time is up and nothing was decided. */
export function conclude({ open, guarded }: Observations, seconds: number): Verdict {
  const opening = open.at(-1) ?? [];
  if (!isOpen(opening)) {
    const unasked = answersIn(opening).filter(({ outcome }) => outcome === "error");
    if (opening.length > 0 && unasked.length === 0) return noConnectivity(opening);
    return undecided(seconds, quoted(unasked) || "no probe answered");
  }

  const last = guarded.slice(-streak);
  if (last.length < streak) return undecided(seconds, `only ${String(last.length)} looks with the policy in place`);
  const always = (holds: (sighting: Sighting) => boolean) =>
    (last.at(-1) ?? []).filter(({ node }) =>
      last
        .flat()
        .filter((seen) => seen.node === node)
        .every(holds),
    );

  const admitted = always(({ denied }) => connected(denied));
  if (admitted.length > 0) return notEnforced(admitted, seconds);
  const lockedOut = always(({ allowed }) => allowed.every(blocked));
  if (lockedOut.length > 0) return allowedBlocked(lockedOut);
  return undecided(
    seconds,
    `the answers changed from look to look (${quoted(last.flat().map(({ denied }) => denied))})`,
  );
}

/** The verdict that is none: the proof came to no end, `why` says where it stood. */
export function undecided(seconds: number, why: string): Verdict {
  return {
    kind: "undecided",
    message:
      `NetworkPolicy enforcement is undecided after ${seconds.toFixed(0)} s: ${why}. ` +
      `Nothing is proved; see to that, or allow more time, and run again`,
  };
}

function noConnectivity(opening: Round): Verdict {
  const failures = opening.flatMap(({ node, allowed, denied }) =>
    [...allowed.map((answer) => ({ who: "allowed", answer })), { who: "denied", answer: denied }]
      .filter(({ answer }) => !connected(answer))
      .map(({ who, answer }) => `the ${who} client to ${node}: ${words(answer)}`),
  );
  return {
    kind: "no connectivity",
    message:
      `No connectivity, so nothing is proved about NetworkPolicy: without any policy every client must connect, but ` +
      `${failures.join("; ")}. Look at the CNI, at firewalls between nodes, and for policies that apply to every namespace`,
  };
}

function notEnforced(sightings: Sighting[], seconds: number): Verdict {
  return {
    kind: "not enforced",
    message:
      `NetworkPolicy is not enforced on ${nodesOf(sightings)}: the denied client still connected ${seconds.toFixed(0)} s ` +
      `after a policy forbade it, so any pod would reach the database's port. Run a network engine that enforces ` +
      `NetworkPolicy (k3s has one unless started with --disable-network-policy; else Cilium or Calico), and run again`,
  };
}

function allowedBlocked(sightings: Sighting[]): Verdict {
  return {
    kind: "allowed client blocked",
    message:
      `NetworkPolicy blocks an allowed client on ${nodesOf(sightings)}: a policy admits it, and still it does not connect ` +
      `(${quoted(sightings.flatMap(({ allowed }) => allowed))}), so the database's own clients would be locked out. ` +
      `Look for policies that apply to every namespace, and at the health of the network engine`,
  };
}

function answersIn(round: Round): Answer[] {
  return round.flatMap(({ allowed, denied }) => [...allowed, denied]);
}

function connected({ outcome }: Answer): boolean {
  return outcome === "connected";
}

function blocked({ outcome }: Answer): boolean {
  return outcome === "refused" || outcome === "timeout";
}

function nodesOf(sightings: Sighting[]): string {
  return [...new Set(sightings.map(({ node }) => node))].sort().join(", ");
}

function quoted(answers: Answer[]): string {
  return [...new Set(answers.map(words))].join(", ");
}

function words({ outcome, message }: Answer): string {
  return message === "" ? outcome : message;
}
