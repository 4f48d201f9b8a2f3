import { everything, exactly } from "../selector.ts";
import { both, type Trilean } from "../trilean.ts";
import type { Engine } from "./engine.ts";
import { selects } from "./matching.ts";
import type { Endpoint, Policy, Port, Rule } from "./model.ts";
import { rangeIndex } from "./range-index.ts";
import { selectorIndex } from "./selector-index.ts";

export type Direction = "ingress" | "egress";

/** One rule that may admit. */
export type Grant =
  | { readonly policy: Policy; readonly direction: Direction; readonly rule: Rule }
  | { readonly policy: Policy; readonly direction: "unpredictable" };

/** What a policy admits by, for a pod that it isolates in this direction. */
export function grantsOf(policy: Policy, direction: Direction, engine: Engine): Grant[] {
  if (engine.isUnpredictable(policy)) return [{ policy, direction: "unpredictable" }];
  const answering = engine.mixesDirections(policy) ? (["ingress", "egress"] as const) : [direction];
  return answering.flatMap((answer) => policy[answer].map((rule): Grant => ({ policy, direction: answer, rule })));
}

export function grantHolds(grant: Grant, from: Endpoint, to: Endpoint, port: Port, engine: Engine): Trilean {
  const { policy } = grant;
  switch (grant.direction) {
    case "unpredictable":
      return null;
    case "ingress":
      return to.kind === "pod" && both(selects(policy, to), engine.ingressRule(policy, grant.rule, from, to, port));
    case "egress":
      return from.kind === "pod" && both(selects(policy, from), engine.egressRule(policy, grant.rule, from, to, port));
  }
}

/** Grants, filed by the sources they may admit. */
export interface GrantsBySource {
  /** The grants that may admit a source by its labels; some may be found more than once. */
  readonly byLabels: (from: Endpoint) => readonly Grant[];
  /** The grants to blocks alone that may admit an address. */
  readonly byAddress: (address: string) => readonly Grant[];
  /** All grants to blocks alone. */
  readonly toBlocks: readonly Grant[];
}

export function grantsBySource(grants: readonly Grant[]): GrantsBySource {
  const byLabels = selectorIndex<Grant>();
  const byAddress = rangeIndex<Grant>();
  const toBlocks: Grant[] = [];

  for (const grant of grants) {
    const { policy } = grant;
    if (grant.direction === "egress") {
      byLabels.add(policy.namespace, policy.selector, grant);
      continue;
    }
    const peers = grant.direction === "unpredictable" || grant.rule.peers === "everyone" ? [] : grant.rule.peers;
    const byPod = peers.filter((peer) => peer.kind === "pods");
    const blocks = peers.filter((peer) => peer.kind === "block");
    if (blocks.length > 0 && blocks.length === peers.length) {
      for (const { block } of blocks) byAddress.add(block.cidr, grant);
      toBlocks.push(grant);
    } else if (byPod.length > 0 && byPod.length === peers.length) {
      for (const { namespaces, pods } of byPod) {
        byLabels.add(namespaces === undefined ? policy.namespace : undefined, pods, grant);
      }
    } else byLabels.add(undefined, everything, grant);
  }

  return {
    // What is not a pod is admitted by no selector, so it is looked up as an unlabelled one.
    byLabels: (from) =>
      from.kind === "pod" ? byLabels.candidates(from.namespace, from.labels) : byLabels.candidates("", exactly({})),
    byAddress: byAddress.holding,
    toBlocks,
  };
}
