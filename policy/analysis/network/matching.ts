import { matches, type Labels } from "../selector.ts";
import { anyOf, both, type Trilean } from "../trilean.ts";
import { blockAdmits } from "./cidr.ts";
import type { Block, Endpoint, Peer, Pod, Policy, Port, PortMatch, Rule, World } from "./model.ts";
import { podAddresses } from "./pod-addresses.ts";

type PodPeer = Extract<Peer, { kind: "pods" }>;

/** Whether a policy selects a pod: only pods of its own namespace. */
export function selects(policy: Policy, pod: Pod): Trilean {
  return pod.namespace === policy.namespace && matches(policy.selector, pod.labels);
}

export function namespaceLabelsOf(pod: Pod, world: World): Labels {
  return pod.namespaceLabels ?? world.namespaceLabels(pod.namespace);
}

/** Whether a peer written with selectors names a pod. */
export function peerNames(peer: PodPeer, policy: Policy, pod: Pod, world: World): Trilean {
  const namespace =
    peer.namespaces === undefined
      ? pod.namespace === policy.namespace
      : matches(peer.namespaces, namespaceLabelsOf(pod, world));
  return namespace === false ? false : both(namespace, matches(peer.pods, pod.labels));
}

/**
 * Whether a block admits an endpoint. Whether pods count by their address is left to the network plugin, so the standard
 * only says what a block does not hold.
 */
export function blockNames(block: Block, endpoint: Endpoint, podCidrs: readonly string[] = []): Trilean {
  if (endpoint.kind === "outsider") return blockAdmits(block, endpoint.address);
  const addresses = podAddresses(endpoint, podCidrs, [block.cidr, ...block.except]);
  if (addresses.length === 0) return null;
  return addresses.some((address) => blockAdmits(block, address) === true) ? null : false;
}

/** Whether one item of `ports` means a port of this pod; a name means what the pod declares under it. */
export function portMeans(match: PortMatch, port: Port, pod: Pick<Pod, "ports"> | undefined): Trilean {
  if (match.kind === "unknown") return null;
  if (match.protocol !== port.protocol) return false;
  if (match.kind === "numbers") return match.first <= port.number && port.number <= match.last;
  return (
    pod?.ports.some(
      ({ name, protocol, number }) => name === match.name && protocol === port.protocol && number === port.number,
    ) ?? false
  );
}

/** Whether a rule holds for this peer and port, as the standard says: any of its peers, on any of its ports. */
export function ruleHolds(
  policy: Policy,
  rule: Rule,
  peer: Endpoint,
  portOwner: Endpoint,
  port: Port,
  world: World,
): Trilean {
  const pod = portOwner.kind === "pod" ? portOwner : undefined;
  const onPort = rule.ports === "all" || anyOf(rule.ports, (match) => portMeans(match, port, pod));
  if (onPort === false) return false;
  const isPeer = rule.peers === "everyone" || anyOf(rule.peers, (item) => peerIs(item, policy, peer, world));
  return both(onPort, isPeer);
}

function peerIs(peer: Peer, policy: Policy, endpoint: Endpoint, world: World): Trilean {
  switch (peer.kind) {
    case "unknown":
      return null;
    case "block":
      return blockNames(peer.block, endpoint, world.podCidrs);
    case "pods":
      return endpoint.kind === "pod" && peerNames(peer, policy, endpoint, world);
  }
}
