import { judge } from "../../analysis/network/judge.ts";
import { k3s } from "../../analysis/network/k3s.ts";
import { knownDeviations } from "../../analysis/network/known-deviations.ts";
import type { World } from "../../analysis/network/model.ts";
import { readPolicy } from "../../analysis/network/read-policy.ts";
import { exactly } from "../../analysis/selector.ts";
import type { ObjectRule } from "../rule.ts";
import { engineOf, podCidrsOf, viewParameters } from "./access-rows.ts";
import { databasePorts, podsFor } from "./database-pods.ts";

/** k3s puts the rules of both directions into one chain: what one of them admits, the other one need not have. */
export const oneDirectionPerPolicy: ObjectRule = {
  scope: "object",
  name: "one-direction-per-policy",
  level: "mandatory",
  severity: "high",
  description:
    "A NetworkPolicy of both directions must not let the database's pods reach each other where only one of them admits it.",
  fix: "split it into two policies on the same pods: one with policyTypes [Ingress], one with [Egress]",
  url: knownDeviations.mixedDirections.source,
  parameters: viewParameters,
  kinds: ["NetworkPolicy.networking.k8s.io"],
  judge(object, { parameters }) {
    const policy = readPolicy(object, []);
    if (engineOf(parameters) !== "k3s" || policy?.isolatesIngress !== true || !policy.isolatesEgress) return [];
    const pods = podsFor(policy);
    const world: World = {
      pods,
      policies: [policy],
      foreign: [],
      namespaceLabels: (name) => exactly({ "kubernetes.io/metadata.name": name }),
      podCidrs: podCidrsOf(parameters),
    };
    const [asItIs, asWritten] = [judge(world, k3s(world)), judge(world, k3s(world, "mixedDirections"))];
    const pairs = pods.flatMap((from) => pods.filter((to) => to !== from).map((to) => [from, to] as const));
    const opened = databasePorts.filter((number) =>
      pairs.some(([from, to]) => {
        const port = { number, protocol: "TCP" } as const;
        return asItIs(from, to, port).allowed !== false && asWritten(from, to, port).allowed === false;
      }),
    );
    if (opened.length === 0) return [];
    const message = `k3s lets the pods that it selects reach each other on ${opened.join(", ")}, which it does not say`;
    return [{ path: ["spec", "policyTypes"], message }];
  },
};
