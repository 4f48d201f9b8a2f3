import { expect, test } from "vitest";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import type { Engine } from "../../../policy/analysis/network/engine.ts";
import { judge } from "../../../policy/analysis/network/judge.ts";
import { selects } from "../../../policy/analysis/network/matching.ts";
import type { Endpoint, Pod, Policy, Port, World } from "../../../policy/analysis/network/model.ts";
import { engines, type EngineName } from "../../../policy/analysis/network/reach.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import { anyOf, both, either, not, type Trilean } from "../../../policy/analysis/trilean.ts";
import { policySet } from "../../cluster/policy-network/generate.ts";
import { namespaces, pods, served } from "../../cluster/policy-network/pods.ts";
import { random } from "../random.ts";

const seed = Number(process.env["SEED"] ?? "20261130");
const sets = 60;

/** Asks every rule of every policy, whomever it may be about. */
function plainly({ policies }: World, engine: Engine, from: Endpoint, to: Pod, port: Port): Trilean {
  const ingress = policies.filter(({ isolatesIngress }) => isolatesIngress);
  const egress = policies.filter(({ isolatesEgress }) => isolatesEgress);
  const enters = (policy: Policy) =>
    both(
      selects(policy, to),
      anyOf(policy.ingress, (rule) => engine.ingressRule(policy, rule, from, to, port)),
    );
  const leaves = (policy: Policy) =>
    from.kind === "pod" &&
    both(
      selects(policy, from),
      anyOf(policy.egress, (rule) => engine.egressRule(policy, rule, from, to, port)),
    );
  const admits = (own: (policy: Policy) => Trilean, other: (policy: Policy) => Trilean) => (policy: Policy) =>
    engine.isUnpredictable(policy) ? null : either(own(policy), engine.mixesDirections(policy) && other(policy));
  const passes = (pod: Pod, isolating: readonly Policy[], admitting: (policy: Policy) => Trilean) => {
    const about = isolating.filter((policy) => selects(policy, pod) !== false);
    return either(not(anyOf(about, (policy) => selects(policy, pod))), anyOf(about, admitting));
  };
  const out = from.kind === "outsider" || passes(from, egress, admits(leaves, enters));
  return both(out, passes(to, ingress, admits(enters, leaves)));
}

test.each<EngineName>(["standard", "k3s"])("finding the rules for a pair by index changes no answer of %s", (name) => {
  const choose = random(seed);
  const counts = { asked: 0, admitted: 0, undecided: 0 };
  for (let set = 0; set < sets; set++) {
    const world = randomWorld(choose);
    const engine = engines[name](world);
    const ask = judge(world, engine);
    const outsiders = ["10.244.0.7", "10.244.1.9", "192.0.2.7", undefined].map((address): Endpoint => ({
      kind: "outsider",
      ...(address !== undefined && { address }),
    }));
    for (const to of world.pods) {
      const number = choose.pick(served);
      const port: Port = { number, protocol: choose.pick(["TCP", "UDP"]) };
      for (const from of [...choose.some(world.pods, 8, 8), ...outsiders]) {
        const answer = ask(from, to, port).allowed;
        const wanted = plainly(world, engine, from, to, port);
        if (answer !== wanted) expect({ set, from, to, port, answer }).toEqual({ set, from, to, port, answer: wanted });
        counts.asked++;
        if (answer === true) counts.admitted++;
        if (answer === null) counts.undecided++;
      }
    }
  }
  console.log(`${name}, seed ${String(seed)}: ${JSON.stringify(counts)}`);
  expect(counts.admitted / counts.asked).toBeGreaterThan(0.2);
  expect(counts.undecided).toBeGreaterThan(500);
  expect(counts.asked - counts.admitted - counts.undecided).toBeGreaterThan(5000);
});

/** The pods of the packets' test, about half of them with the addresses that blocks are drawn around. */
function randomWorld(choose: ReturnType<typeof random>): World {
  const own = pods("/", "image").filter(({ spec }) => !(spec as { hostNetwork: boolean }).hostNetwork);
  const addresses = own.map((_, index) => `10.244.${String(index % 2)}.${String(index + 2)}`);
  const placed = own.map((pod, index) => (choose.chance(0.5) ? { ...pod, status: { podIP: addresses[index] } } : pod));
  const policies = ["", "b-"].flatMap((lab) => policySet({ random: choose, lab, addresses }));
  const items = [...namespaces, ...placed, ...policies];
  const { objects } = parseManifests(JSON.stringify({ apiVersion: "v1", kind: "List", items }), "set.json");
  const podCidrs = choose.chance(0.5) ? ["10.244.0.0/16"] : [];
  return { ...readWorld(objects, []), podCidrs };
}
