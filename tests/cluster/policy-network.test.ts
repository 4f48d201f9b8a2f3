import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubeClient } from "../../kube/client.ts";
import { up } from "../../local/node/index.ts";
import { random } from "../policy/random.ts";
import { addressOf, compare, tally } from "./policy-network/compare.ts";
import { cases } from "./policy-network/deviations.ts";
import { policySet } from "./policy-network/generate.ts";
import { startLab, type Lab } from "./policy-network/lab.ts";
import { isIn, sideBySide } from "./policy-network/pods.ts";

const seed = Number(process.env["SEED"] ?? "20261123");
const rounds = Math.ceil(200 / sideBySide.length);
const sets = rounds * sideBySide.length;
/** How often each trap and each deviation has to decide a connection. */
const least = 10;
/** The address of a pod is IPv4 here. */
const unseen = new Set(["narrowIpv6"]);

let lab: Lab;
let remove = () => Promise.resolve();
beforeAll(async () => {
  const { kubeconfig } = await up();
  lab = await startLab(new KubeClient(readFileSync(kubeconfig, "utf8")));
  remove = lab.remove;
});
afterAll(() => remove());

function addressesIn(name: string): string[] {
  return lab.pods.filter(({ metadata }) => isIn(name, metadata.namespace)).map(addressOf);
}

describe("the engine inside k3s", () => {
  test.each(Object.entries(cases))("shows %s", async (_name, { policies, from, to, port, k3s }) => {
    const named = (name: string) => {
      const found = lab.pods.find(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name ?? ""}` === name);
      if (found === undefined) throw new Error(`no pod ${name}`);
      return found;
    };
    const look = async () => {
      const target = { address: addressOf(named(to)), port, protocol: "TCP" } as const;
      return (await lab.tryFrom(named(from), [target], 1000))[0];
    };
    await lab.enforce(policies((name) => addressOf(named(name))));
    const seen = new Set([await look()]);
    if (k3s !== null) expect([...seen]).toEqual([k3s]);
    for (let syncs = 0; k3s === null && seen.size < 2 && syncs < 60; syncs++) {
      await lab.resync();
      seen.add(await look());
    }
    if (k3s === null) expect(seen.size).toBe(2);
  });
});

test("the network judge agrees with the engine inside k3s on every connection", async () => {
  const source = random(seed);
  const counted = tally();
  for (let round = 0; round < rounds; round++) {
    const policies = sideBySide.flatMap((name) =>
      policySet({ random: source, lab: name, addresses: addressesIn(name) }),
    );
    await lab.enforce(policies);
    await compare(lab, policies, source, counted);
    console.log(
      `${String((round + 1) * sideBySide.length)} of ${String(sets)} sets, ${String(counted.asked)} connections`,
    );
  }
  console.log(`seed ${String(seed)}, ${String(sets)} sets of policies: ${counted.report()}`);
  expect(counted.differences).toEqual([]);
  expect(counted.allowedShare()).toBeGreaterThan(0.2);
  expect(counted.allowedShare()).toBeLessThan(0.8);
  expect(counted.undecided / counted.asked).toBeLessThan(0.1);
  const rare = [...counted.decided].filter(([name, count]) => count < least && !unseen.has(name));
  expect(rare).toEqual([]);
});
