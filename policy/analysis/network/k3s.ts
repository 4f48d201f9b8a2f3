import { anyOf, both, either, type Trilean } from "../trilean.ts";
import { blockAdmits } from "./cidr.ts";
import type { Engine } from "./engine.ts";
import {
  hasOneChainForBoth,
  mayBorrow,
  mergedBlocksAdmit,
  nobodyDeclares,
  portsWithoutSidecars,
  setEntries,
  sharingAChain,
  type DeviationName,
} from "./known-deviations.ts";
import { peerNames, portMeans } from "./matching.ts";
import type { Block, Endpoint, Peer, Pod, Policy, Port, PortMatch, Rule, World } from "./model.ts";
import { knownAddresses, podAddresses } from "./pod-addresses.ts";
import { podFinder } from "./pod-finder.ts";
import { remember } from "./remember.ts";

type PortsOfPod = Pick<Pod, "ports">;

/**
 * What kube-router v2.6.3-k3s1, the engine inside k3s, does. `without` leaves out one deviation: where the answer then
 * changes, that deviation is its cause.
 */
export function k3s(world: World, without?: DeviationName): Engine {
  const deviates = (name: DeviationName) => name !== without;
  const visible = (pod: Pod): PortsOfPod => (deviates("hiddenSidecars") ? portsWithoutSidecars(pod) : pod);
  const find = podFinder(world.pods.filter(({ hostNetwork }) => !hostNetwork));

  // Names are looked up among the pods that a policy selects, that an egress rule names, or that are its neighbours.
  const selected = remember((policy: Policy) => find(policy.namespace, policy.selector).map(visible));
  const neighbours = remember((policy: Policy) => find(policy.namespace).map(visible));
  const destinations = remember(
    (policy: Policy) => new Map(policy.egress.map((rule) => [rule, namedPods(rule, policy).map(visible)])),
  );
  const namedPods = (rule: Rule, policy: Policy) =>
    peersOf(rule).pods.flatMap((peer) =>
      find(peer.namespaces === undefined ? policy.namespace : undefined, peer.pods).filter(
        (pod) => peerNames(peer, policy, pod, world) === true,
      ),
    );

  const isNamed = (rule: Rule, policy: Policy, endpoint: Endpoint): Trilean =>
    endpoint.kind === "pod" && anyOf(peersOf(rule).pods, (peer) => peerNames(peer, policy, endpoint, world));

  /** Whether the names of a rule whose peers are selectors open every port. */
  const opensByNames = ({ ports }: Rule, group: readonly PortsOfPod[]): boolean =>
    deviates("unresolvedNames") && ports !== "all" && nobodyDeclares(ports, group);

  function meansHere(match: PortMatch, port: Port, pod: Pod, group: readonly PortsOfPod[]): Trilean {
    const declared = portMeans(match, port, visible(pod));
    if (declared !== false || match.kind !== "name" || match.protocol !== port.protocol) return declared;
    return deviates("borrowedNames") && mayBorrow(visible(pod), match.name, port, group) ? null : false;
  }

  function isOutside(rule: Rule, endpoint: Endpoint): Trilean {
    if (rule.peers === "everyone") return true;
    const { blocks, hasUnknown } = peersOf(rule);
    const known = blocks.length > 0 && addressesOf(endpoint, blocks, (address) => admits(blocks, address));
    return either(known, hasUnknown ? null : false);
  }

  /** What holds for all addresses of an endpoint; undecided where they differ or are not known. */
  function addressesOf(endpoint: Endpoint, blocks: readonly Block[], holds: (address: string) => Trilean): Trilean {
    const answers = new Set(addressesIn(endpoint, blocks).map(holds));
    return answers.size === 1 ? ([...answers][0] ?? null) : null;
  }

  function addressesIn(endpoint: Endpoint, blocks: readonly Block[]): readonly string[] {
    if (endpoint.kind === "outsider") return knownAddresses(endpoint);
    const cidrs = blocks.flatMap(({ cidr, except }) => [cidr, ...except]);
    return podAddresses(endpoint, world.podCidrs ?? [], cidrs);
  }

  function admits(blocks: readonly Block[], address: string): Trilean {
    const entriesOf = deviates("narrowIpv6") ? setEntries : (cidr: string) => [cidr];
    if (deviates("mergedBlocks")) return mergedBlocksAdmit(blocks, address, entriesOf);
    return anyOf(blocks, ({ cidr, except }) =>
      anyOf(entriesOf(cidr), (entry) => blockAdmits({ cidr: entry, except }, address)),
    );
  }

  const sharing = deviates("sharedChains") ? sharingAChain(world.policies) : new Set<Policy>();

  return {
    mixesDirections: (policy) => deviates("mixedDirections") && hasOneChainForBoth(policy),
    isUnpredictable: (policy) => sharing.has(policy),

    ingressRule(policy, rule, from, to, port) {
      const group = hasNames(rule) ? selected(policy) : [];
      const isOpen = opens(rule, (match) => meansHere(match, port, to, group));
      const isOpenToPods = opensByNames(rule, group) || isOpen;
      return either(
        isOpenToPods === false ? false : both(isNamed(rule, policy, from), isOpenToPods),
        isOpen === false ? false : both(isOutside(rule, from), isOpen),
      );
    },

    egressRule(policy, rule, _from, to, port) {
      const group = hasNames(rule) ? (destinations(policy).get(rule) ?? []) : [];
      const owner = to.kind === "pod" ? visible(to) : undefined;
      const isOpenToPods =
        to.kind === "pod" && (opensByNames(rule, group) || opens(rule, (match) => meansHere(match, port, to, group)));
      const isOpen = opens(rule, (match) => {
        if (match.kind !== "name") return portMeans(match, port, owner);
        if (rule.peers !== "everyone") return !deviates("namedEgressBlocks") && portMeans(match, port, owner);
        if (!deviates("guessedEgressNames")) return portMeans(match, port, owner);
        return neighbours(policy).some((pod) => portMeans(match, port, pod) === true);
      });
      return either(
        isOpenToPods === false ? false : both(isNamed(rule, policy, to), isOpenToPods),
        isOpen === false ? false : both(isOutside(rule, to), isOpen),
      );
    },
  };
}

interface Peers {
  readonly pods: readonly Extract<Peer, { kind: "pods" }>[];
  readonly blocks: readonly Block[];
  readonly hasUnknown: boolean;
}

const peersOf = remember((rule: Rule): Peers => {
  const peers = rule.peers === "everyone" ? [] : rule.peers;
  return {
    pods: peers.filter((peer) => peer.kind === "pods"),
    blocks: peers.flatMap((peer) => (peer.kind === "block" ? [peer.block] : [])),
    hasUnknown: peers.some(({ kind }) => kind === "unknown"),
  };
});

function opens(rule: Rule, means: (match: PortMatch) => Trilean): Trilean {
  return rule.ports === "all" || anyOf(rule.ports, means);
}

function hasNames(rule: Rule): boolean {
  return rule.ports !== "all" && rule.ports.some(({ kind }) => kind === "name");
}
