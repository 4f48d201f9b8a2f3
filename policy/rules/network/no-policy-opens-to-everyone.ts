import { readRange } from "../../analysis/network/cidr.ts";
import type { Peer, Policy, Rule } from "../../analysis/network/model.ts";
import { readPolicy } from "../../analysis/network/read-policy.ts";
import type { Finding, ObjectRule } from "../rule.ts";
import { asksForDatabase, asksForNothing, databasePorts, opens, podsFor } from "./database-pods.ts";

/** Such a policy is enough by itself: whatever the others say, they cannot take back what it opens. */
export const noPolicyOpensToEveryone: ObjectRule = {
  scope: "object",
  name: "no-policy-opens-to-everyone",
  level: "mandatory",
  severity: "critical",
  description: "A NetworkPolicy must not open a database's ports to everyone, or to every namespace.",
  fix: "name in from who needs it: a podSelector, beside a namespaceSelector with kubernetes.io/metadata.name for pods elsewhere",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
  kinds: ["NetworkPolicy.networking.k8s.io"],
  judge(object) {
    const policy = readPolicy(object, []);
    if (policy?.isolatesIngress !== true) return [];
    return policy.ingress.flatMap((rule, index) => judgeRule(policy, rule, ["spec", "ingress", index]));
  },
};

function judgeRule(policy: Policy, rule: Rule, path: readonly (string | number)[]): Finding[] {
  const meant = databasePorts.filter((port) => isMeant(policy, rule, port));
  if (meant.length === 0) return [];
  const pods = podsFor(policy);
  const ports = meant.filter((port) => opens(rule, port, pods) !== false);
  if (ports.length === 0) return [];
  const opened = ports.join(", ");
  if (rule.peers === "everyone") return [{ path, message: `opens ${opened} to everyone: it has no from` }];
  const reasons = rule.peers.flatMap((peer) => everyoneIn(peer) ?? []);
  if (reasons.length > 0) return [{ path, message: `opens ${opened} to ${[...new Set(reasons)].join(" and ")}` }];
  if (!rule.peers.some(isHidden)) return [];
  const fix = "give from as plain values, so that it can be judged before it is applied";
  return [{ path, fix, message: `opens ${opened} to peers that are not known before up` }];
}

/** A policy on all pods of a namespace is about a database where it names PostgreSQL's port. */
function isMeant({ selector }: Policy, { ports }: Rule, port: number): boolean {
  if (asksForDatabase(selector)) return true;
  if (!asksForNothing(selector) || port !== 5432 || ports === "all") return false;
  return ports.some((match) => match.kind === "numbers" && match.first === port && match.last === port);
}

function everyoneIn(peer: Peer): string | undefined {
  switch (peer.kind) {
    case "unknown":
      return undefined;
    case "block":
      return isMostAddresses(peer.block.cidr) ? peer.block.cidr : undefined;
    case "pods":
      if (peer.namespaces?.known !== true || !asksForNothing(peer.namespaces)) return undefined;
      return asksForNothing(peer.pods) ? "all pods of every namespace" : "whoever wears the labels in any namespace";
  }
}

/** Also the halves by which some write everything, and 2000::/3, which is all of the internet. */
function isMostAddresses(cidr: string): boolean {
  return (readRange(cidr)?.prefix ?? 0) <= 3;
}

function isHidden(peer: Peer): boolean {
  if (peer.kind !== "pods") return peer.kind === "unknown";
  return peer.namespaces?.known === false || !peer.pods.known;
}
