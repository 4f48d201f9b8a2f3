import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProofOptions } from "../../components/enforcement/prove.ts";
import type { KubeClient } from "../../kube/client.ts";
import { deleteAndWait } from "../../kube/wait.ts";
import { networkPolicyEngine } from "../../local/node/index.ts";
import { runProof } from "../../local/proof/index.ts";
import { leftOf, owner, proofOptions } from "./enforcementProofs.ts";
import { red, rowsOf } from "./proofRows.ts";
import { Sandbox, testKubeconfig } from "./sandbox.ts";
import { database, ref } from "./support.ts";
import { inTurn } from "./turns.ts";

// Beside these only files may run that do not ask for enforced NetworkPolicies.
let client: KubeClient;
let options: ProofOptions;
const namespace = "enforcement-receipt";

beforeAll(async () => {
  client = await database();
  options = await proofOptions(client);
});

/** Runs `action` while NetworkPolicies are accepted and none is enforced; who brings the node up, and so the engine, waits. */
function unenforced<T>(action: () => Promise<T>): Promise<T> {
  return inTurn(async () => {
    try {
      await networkPolicyEngine.stop();
      return await action();
    } finally {
      await networkPolicyEngine.start();
    }
  });
}

describe("a proof of enforcement", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    sandbox = await Sandbox.create({ "kubeconfig.yaml": await testKubeconfig(), "index.ts": program() });
  });

  afterAll(async () => {
    sandbox.remove();
    await deleteAndWait(client, ref.namespace(namespace), { seconds: 60 });
  });

  const receipt = () => client.get(ref.configMap(namespace, "networkpolicy-enforcement"));

  test("an up fails with that verdict and leaves no receipt; with the engine back it succeeds and leaves one", async () => {
    const refused = await unenforced(() => sandbox.up());
    expect(refused.stdout).toMatch(
      /NetworkPolicy is not enforced on \S+: the denied client still connected \d+ s after a policy forbade it/,
    );
    expect(refused.code).not.toBe(0);
    expect(await receipt()).toBeUndefined();
    expect(await leftOf(client, owner)).toEqual([]);

    const granted = await sandbox.up();
    expect(granted.code).toBe(0);
    expect((await receipt())?.["data"]).toMatchObject({ cluster: "tests", nodes: options.nodes.join("\n") });
  });
});

test("the proof of a database turns red in its network rows, and pg_hba still holds", async () => {
  const { rows, skipped } = await unenforced(() => runProof(client, { destructive: false }));
  expect(skipped).toBe(1);
  for (const stranger of ["unlabelled", "foreign"] as const) {
    expect(rowsOf(rows, "network", stranger).map(({ observed, ok }) => [observed, ok])).toEqual([
      ["in", false],
      ["in", false],
      ["in", false],
    ]);
    expect(rowsOf(rows, "postgres", stranger).map(({ by, ok }) => [by, ok])).toEqual([
      ["pg_hba", false],
      ["pg_hba", false],
    ]);
  }
  expect(red(rowsOf(rows, "postgres", "client"))).toEqual([]);
  expect(red(rows.filter(({ layer }) => layer === "api" || layer === "admission"))).toEqual([]);
});

/** The program's own wiring of the proof, and nothing else. */
function program(): string {
  const at = (path: string) => JSON.stringify(import.meta.resolve(`../../${path}`));
  return `
    import { readFileSync } from "node:fs";
    import * as k8s from "@pulumi/kubernetes";
    import { EnforcementProof } from ${at("components/enforcement/index.ts")};
    import { requireEnforcement } from ${at("components/enforcement/prove.ts")};
    import { gate } from ${at("components/gate.ts")};
    import { KubeClient } from ${at("kube/client.ts")};

    const kubeconfig = readFileSync("kubeconfig.yaml", "utf8");
    const options = ${JSON.stringify({ ...options, settleSeconds: 5 })};
    const check = () => requireEnforcement(new KubeClient(kubeconfig), options);
    const provider = new k8s.Provider("cluster", { kubeconfig, clusterIdentifier: "tests" });
    const cluster = { uid: "tests", nodes: options.nodes };
    const args = { namespace: "${namespace}", cluster, settings: {}, gate: gate("enforcement", check) };
    new EnforcementProof("enforcement", args, { provider });
  `;
}
