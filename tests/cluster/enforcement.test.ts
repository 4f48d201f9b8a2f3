import { beforeAll, describe, expect, test } from "vitest";
import { renderStage } from "../../components/enforcement/objects.ts";
import { proveEnforcement, type ProofOptions } from "../../components/enforcement/prove.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { deleteAndWait, until } from "../../kube/wait.ts";
import { leftOf, owner, proofOptions } from "./enforcementProofs.ts";
import { cluster, ref } from "./support.ts";

let client: KubeClient;
let options: ProofOptions;

beforeAll(async () => {
  ({ client } = await cluster());
  options = await proofOptions(client);
});

/** A policy that shuts a proof's pods of one role off in one direction, as somebody else's may. */
function intruder(namespace: string, role: string, direction: "Ingress" | "Egress"): KubeObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name: "intruder" },
    spec: { podSelector: { matchLabels: { "hcloud-postgres/role": role } }, policyTypes: [direction] },
  };
}

/** Puts that policy into the namespace of the proof that is under way. */
async function interfere(role: string, direction: "Ingress" | "Egress"): Promise<void> {
  const running = async () => (await leftOf(client, owner))[0];
  const namespace = await until("a proof under way", running, { seconds: 10, interval: 20 });
  await client.create(intruder(namespace, role, direction));
}

describe("where NetworkPolicy is enforced", () => {
  test("a proof says so within seconds, again and again, and clears up after itself and its crashed predecessor", async () => {
    const stage = { ...options, lifetimeSeconds: 60 };
    const crashed = renderStage({ ...stage, namespace: "enforcement-crashed" }).namespace;
    const others = renderStage({ ...stage, namespace: "enforcement-others", owner: "tests/others" }).namespace;
    await client.create(crashed);
    await client.create(others);
    try {
      for (const time of ["first", "second"]) {
        const started = Date.now();
        const { kind, message } = await proveEnforcement(client, options);
        expect(message).toMatch(/^NetworkPolicy is enforced on /);
        expect(kind).toBe("enforced");
        expect((Date.now() - started) / 1000, `seconds of the ${time} proof`).toBeLessThan(30);
        expect(await leftOf(client, owner)).toEqual([]);
      }
      expect(await leftOf(client, "tests/others")).toEqual(["enforcement-others"]);
    } finally {
      await deleteAndWait(client, ref.namespace("enforcement-others"), { seconds: 60 });
    }
  });

  test("clients that cannot connect even without a policy prove nothing", async () => {
    const [verdict] = await Promise.all([
      proveEnforcement(client, { ...options, settleSeconds: 3 }),
      interfere("canary", "Ingress"),
    ]);
    expect(verdict.message).toMatch(/the allowed client to \S+: Connection refused; .*the denied client to/);
    expect(verdict.kind).toBe("no connectivity");
    expect(await leftOf(client, owner)).toEqual([]);
  });

  test("an allowed client that is blocked all the same is told from enforcement", async () => {
    let interference = Promise.resolve();
    const log = (message: string) => {
      if (message.startsWith("both clients connect")) interference = interfere("allowed", "Egress");
    };
    // A look at dropped packets takes six seconds, and the last three have to see nothing of the time before.
    const verdict = await proveEnforcement(client, { ...options, settleSeconds: 20, log });
    await interference;
    expect(verdict.message).toMatch(/a policy admits it, and still it does not connect/);
    expect(verdict.kind).toBe("allowed client blocked");
    expect(await leftOf(client, owner)).toEqual([]);
  });

  test("pods that do not come up leave it undecided, in time and with the reason", async () => {
    const started = Date.now();
    const missing = { image: "localhost/nowhere:1", imagePullPolicy: "Never" };
    const { kind, message } = await proveEnforcement(client, { ...options, ...missing, timeoutSeconds: 5 });
    expect(message).toMatch(/undecided after 5 s: .*ErrImageNeverPull.*localhost\/nowhere:1/);
    expect(kind).toBe("undecided");
    expect((Date.now() - started) / 1000).toBeLessThan(30);
    expect(await leftOf(client, owner)).toEqual([]);
  });
});
