import { groupBy } from "../group-by.ts";
import { contains, readRange } from "./cidr.ts";
import type { Block, DeclaredPort, Pod, Policy, Port, PortMatch, Rule } from "./model.ts";
import { remember } from "./remember.ts";

/** One way in which k3s' network policy engine does not do what networking.k8s.io/v1 says. */
export interface Deviation {
  /** What k3s makes of it, in one sentence for people. */
  readonly summary: string;
  /** What it does to connections: lets more in, fewer, one or the other, or changes its mind from sync to sync. */
  readonly effect: "opens" | "closes" | "either" | "unpredictable";
  /** Where the source does it. */
  readonly source: string;
}

const source = "https://github.com/k3s-io/kube-router/blob/v2.6.3-k3s1/pkg/controllers/netpol";

/** The deviations of kube-router v2.6.3-k3s1, the engine inside k3s. */
export const knownDeviations = {
  unresolvedNames: {
    summary: "ports that are all names nobody declares open every port to the rule's pods",
    effect: "opens",
    source: `${source}/policy.go#L258`,
  },
  mixedDirections: {
    summary: "a policy for both directions answers with the rules of both, so pods that it selects reach each other",
    effect: "opens",
    source: `${source}/pod.go#L195-L199`,
  },
  borrowedNames: {
    summary: "a named port may also open on pods that share some other declared port with a pod that has the name",
    effect: "unpredictable",
    source: `${source}/policy.go#L904-L913`,
  },
  mergedBlocks: {
    summary: "the ipBlocks of one rule become one set: the longest prefix decides, so an except cuts into other blocks",
    effect: "either",
    source: `${source}/policy.go#L315`,
  },
  narrowIpv6: {
    summary: "::/0 stands for 2000::/3 and fd00::/8 alone",
    effect: "closes",
    source: `${source}/policy.go#L850-L855`,
  },
  guessedEgressNames: {
    summary: "a named port to anywhere means the numbers that pods of the policy's own namespace give it",
    effect: "either",
    source: `${source}/policy.go#L660-L670`,
  },
  namedEgressBlocks: {
    summary: "named ports beside an ipBlock in an egress rule are left out",
    effect: "closes",
    source: `${source}/policy.go#L457-L470`,
  },
  hiddenSidecars: {
    summary: "names that only a sidecar (a restartable init container) declares are not found",
    effect: "either",
    source: `${source}/policy.go#L893`,
  },
  sharedChains: {
    summary: "policies whose namespace and name join to the same letters share one chain and overwrite each other",
    effect: "unpredictable",
    source: `${source}/policy.go#L918-L922`,
  },
} as const satisfies Record<string, Deviation>;

export type DeviationName = keyof typeof knownDeviations;

/** `unresolvedNames`: every port is a name that none of these pods declares. */
export function nobodyDeclares(ports: readonly PortMatch[], pods: readonly PortsOfPod[]): boolean {
  return ports.every(
    (match) =>
      match.kind === "name" &&
      !pods.some(({ ports: declared }) =>
        declared.some(({ name, protocol }) => name === match.name && protocol === match.protocol),
      ),
  );
}

/** `mixedDirections`: the policy keeps the rules of both directions in the one chain that either direction asks. */
export function hasOneChainForBoth(policy: Policy): boolean {
  return policy.isolatesIngress && policy.isolatesEgress;
}

type PortsOfPod = Pick<Pod, "ports">;

/**
 * `borrowedNames`: a pod that does not declare the name may get it all the same. The ports of the pod that is listed first
 * share one list of addresses, and pods that follow with any of these ports are put into it; which one is first is chance.
 */
export function mayBorrow(pod: PortsOfPod, name: string, port: Port, group: readonly PortsOfPod[]): boolean {
  const declares = ({ ports }: PortsOfPod, wanted: Omit<DeclaredPort, "sidecar">) =>
    ports.some(
      ({ name, protocol, number }) => name === wanted.name && protocol === wanted.protocol && number === wanted.number,
    );
  return group.some(
    (lender) => declares(lender, { ...port, name }) && lender.ports.some((shared) => declares(pod, shared)),
  );
}

/** `narrowIpv6`: what stands for a CIDR, since the sets of the kernel cannot hold /0. */
export function setEntries(cidr: string): readonly string[] {
  if (!cidr.endsWith("/0")) return [cidr];
  return cidr.includes(":") ? ["2000::/3", "fd00::/8"] : ["0.0.0.0/1", "128.0.0.0/1"];
}

/** `mergedBlocks`: in the one set of all blocks the longest prefix that holds the address decides, and the last of equals. */
export function mergedBlocksAdmit(
  blocks: readonly Block[],
  address: string,
  entriesOf: (cidr: string) => readonly string[],
): boolean {
  const asked = readRange(address);
  const entries = blocks.flatMap(({ cidr, except }) => [
    ...entriesOf(cidr).map((entry) => ({ entry, admits: true })),
    ...except.flatMap(entriesOf).map((entry) => ({ entry, admits: false })),
  ]);
  let best = { prefix: -1, admits: false };
  for (const { entry, admits } of entries) {
    const range = readRange(entry);
    if (asked === undefined || range === undefined || !contains(range, asked)) continue;
    if (range.prefix >= best.prefix) best = { prefix: range.prefix, admits };
  }
  return best.admits;
}

/** `hiddenSidecars`: the ports in which names are looked up. */
export function portsWithoutSidecars(pod: Pod): PortsOfPod {
  return pod.ports.some(({ sidecar }) => sidecar) ? { ports: pod.ports.filter(({ sidecar }) => !sidecar) } : pod;
}

/** `sharedChains`: the policies that share their chain with another one. */
export const sharingAChain = remember((policies: readonly Policy[]): ReadonlySet<Policy> => {
  const byKey = groupBy(policies, ({ namespace, name }) => namespace + name);
  return new Set([...byKey.values()].filter((sharing) => sharing.length > 1).flat());
});

/** The policies that any of the deviations may concern. All others are read as the standard says. */
export function mayDeviate(policies: readonly Policy[]): ReadonlySet<Policy> {
  const isPlain = ({ peers, ports }: Rule) =>
    (peers === "everyone" || peers.every(({ kind }) => kind === "pods")) &&
    (ports === "all" || ports.every(({ kind }) => kind === "numbers"));
  const special = policies.filter(
    (policy) => hasOneChainForBoth(policy) || ![...policy.ingress, ...policy.egress].every(isPlain),
  );
  return new Set([...sharingAChain(policies), ...special]);
}
