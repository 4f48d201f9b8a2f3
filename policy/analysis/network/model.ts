import type { Position } from "../objects.ts";
import type { Labels, Selector } from "../selector.ts";

export type Protocol = "TCP" | "UDP" | "SCTP";

/** A port that somebody asks for. */
export interface Port {
  readonly number: number;
  readonly protocol: Protocol;
}

/** A port that a container declares. */
export interface DeclaredPort extends Port {
  /** Empty where the port has no name. */
  readonly name: string;
  /** Declared by an init container that keeps running beside the others. */
  readonly sidecar: boolean;
}

/** A pod, or all the pods that one template makes. */
export interface Pod {
  readonly kind: "pod";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly DeclaredPort[];
  /** Empty where the input does not tell, as for every template. */
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
  /** The name of the ServiceAccount it runs as; left out where it is not known. */
  readonly serviceAccount?: string;
  /** The labels of its namespace where the world does not know that namespace. */
  readonly namespaceLabels?: Labels;
}

/** Something that is not a pod: an address outside, or, without one, a node. */
export interface Outsider {
  readonly kind: "outsider";
  readonly address?: string;
}

export type Endpoint = Pod | Outsider;

/** Addresses admitted by an ipBlock. */
export interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** One item of `from` or `to`. Both selectors in one item must hold; without `namespaces` it is the policy's own namespace. */
export type Peer =
  | { readonly kind: "pods"; readonly namespaces: Selector | undefined; readonly pods: Selector }
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "unknown" };

/** One item of `ports`: a number, a range, a name, or every port of a protocol. */
export type PortMatch =
  | { readonly kind: "numbers"; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: "name"; readonly protocol: Protocol; readonly name: string }
  | { readonly kind: "unknown" };

/** One rule: any of the peers, on any of the ports. */
export interface Rule {
  readonly peers: readonly Peer[] | "everyone";
  readonly ports: readonly PortMatch[] | "all";
}

/** A NetworkPolicy of networking.k8s.io/v1 with its defaults filled in. */
export interface Policy {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Selector;
  readonly isolatesIngress: boolean;
  readonly isolatesEgress: boolean;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  readonly position: Position;
}

/** A policy of another kind, which this project does not evaluate: what it may select is undecided. */
export interface ForeignPolicy {
  /** As people would name it: `CiliumNetworkPolicy production/allow-app`. */
  readonly title: string;
  readonly namespaces: Selector;
  readonly pods: Selector;
}

/** Everything that decides who reaches whom. */
export interface World {
  readonly pods: readonly Pod[];
  /** The labels of a namespace; of one that is not in the input only its name is known. */
  readonly namespaceLabels: (namespace: string) => Labels;
  readonly policies: readonly Policy[];
  readonly foreign: readonly ForeignPolicy[];
  /** The ranges that pods get their addresses from; left out: not known. */
  readonly podCidrs?: readonly string[];
}

/** An answer and the policies it rests on. */
export interface Answer {
  readonly allowed: boolean | null;
  /** The policies that admit, that isolate without admitting, or that leave it undecided: ten at most, none where none selects. */
  readonly by: readonly string[];
}
