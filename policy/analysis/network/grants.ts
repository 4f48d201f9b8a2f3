import { exactly, type Selector } from "../selector.ts";
import { both, type Trilean } from "../trilean.ts";
import type { Engine } from "./engine.ts";
import { selects } from "./matching.ts";
import type { Endpoint, Policy, Port, Rule } from "./model.ts";
import { selectorIndex, type SelectorIndex } from "./selector-index.ts";

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

const everyPod: Selector = { requirements: [], known: true };

/** Files grants by the sources they may admit. */
export function grantsBySource(grants: readonly Grant[]): SelectorIndex<Grant> {
  const index = selectorIndex<Grant>();
  for (const grant of grants) fileBySource(index, grant);
  return index;
}

/** The grants that may admit a source. What is not a pod is admitted by no selector, so it is looked up as an unlabelled one. */
export function grantsFor(from: Endpoint, index: SelectorIndex<Grant>): readonly Grant[] {
  return from.kind === "pod" ? index.candidates(from.namespace, from.labels) : index.candidates("", exactly({}));
}

function fileBySource(index: SelectorIndex<Grant>, grant: Grant): void {
  const { policy } = grant;
  if (grant.direction === "egress") {
    index.add(policy.namespace, policy.selector, grant);
    return;
  }
  const peers = grant.direction === "unpredictable" || grant.rule.peers === "everyone" ? [] : grant.rule.peers;
  const byPod = peers.filter((peer) => peer.kind === "pods");
  if (byPod.length === 0 || byPod.length < peers.length) {
    index.add(undefined, everyPod, grant);
    return;
  }
  for (const peer of byPod) {
    index.add(peer.namespaces === undefined ? policy.namespace : undefined, peer.pods, grant);
  }
}
