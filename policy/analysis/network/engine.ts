import type { Trilean } from "../trilean.ts";
import type { Endpoint, Pod, Policy, Port, Rule } from "./model.ts";

/** How a network engine reads the rules of one policy. What isolates a pod, and that policies add up, is common to all. */
export interface Engine {
  /** Whether an ingress rule of a policy admits `from` to a port of `to`, which the policy selects. */
  readonly ingressRule: (policy: Policy, rule: Rule, from: Endpoint, to: Pod, port: Port) => Trilean;
  /** Whether an egress rule of a policy lets `from`, which the policy selects, out to a port of `to`. */
  readonly egressRule: (policy: Policy, rule: Rule, from: Pod, to: Endpoint, port: Port) => Trilean;
  /** Whether the rules of both directions of this policy answer for either. */
  readonly mixesDirections: (policy: Policy) => boolean;
  /** Whether nothing can be said about what this policy admits. */
  readonly isUnpredictable: (policy: Policy) => boolean;
}
