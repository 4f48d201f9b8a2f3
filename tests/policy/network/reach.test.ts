import { expect, test } from "vitest";
import { objectsOf } from "../../../policy/analysis/load/index.ts";
import { judge } from "../../../policy/analysis/network/judge.ts";
import { comparingJudge, engines } from "../../../policy/analysis/network/reach.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import { policySet } from "../../cluster/policy-network/generate.ts";
import { isIn, namespaces, pods, served } from "../../cluster/policy-network/pods.ts";
import { random } from "../random.ts";

const seed = 20261125;
const sets = 120;
const least = 5000;

const lab = pods("", "").filter(({ metadata }) => isIn("", metadata.namespace));
const addressed = lab.map((pod, index) => ({ ...pod, status: { podIP: `10.244.0.${String(index + 2)}` } }));
const addresses = addressed.map(({ status }) => status.podIP);

test("an answer is marked where the other engine answers otherwise, and only there", () => {
  const source = random(seed);
  let marked = 0;
  const wrong: string[] = [];
  for (let round = 0; round < sets; round++) {
    const policies = policySet({ random: source, lab: "", addresses });
    const world = readWorld(objectsOf([...namespaces, ...addressed, ...policies], []), []);
    const compared = comparingJudge(world, "k3s");
    const k3s = judge(world, engines.k3s(world));
    const standard = judge(world, engines.standard(world));
    for (const from of world.pods) {
      for (const to of world.pods) {
        const answer = compared(from, to);
        for (const number of served) {
          const port = { number, protocol: "TCP" } as const;
          const { allowed, differs } = answer(port);
          const expected = k3s(from, to, port).allowed;
          if (allowed !== expected || differs !== (standard(from, to, port).allowed !== expected)) {
            wrong.push(`set ${String(round)}: ${from.name} to ${to.name}:${String(number)}`);
          }
          if (differs) marked++;
        }
      }
    }
  }
  console.log(`seed ${String(seed)}, ${String(sets)} sets of policies: ${String(marked)} answers marked`);
  expect(wrong).toEqual([]);
  expect(marked).toBeGreaterThan(least);
});
