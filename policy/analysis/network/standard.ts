import type { Engine } from "./engine.ts";
import { ruleHolds } from "./matching.ts";
import type { World } from "./model.ts";

/** What networking.k8s.io/v1 says, and any conforming network plugin does. */
export function standard(world: World): Engine {
  return {
    ingressRule: (policy, rule, from, to, port) => ruleHolds(policy, rule, from, to, port, world),
    egressRule: (policy, rule, _from, to, port) => ruleHolds(policy, rule, to, to, port, world),
    mixesDirections: () => false,
    isUnpredictable: () => false,
  };
}
