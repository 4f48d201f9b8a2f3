import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterName } from "../../components/access/names.ts";
import type { KubeClient } from "../../kube/client.ts";
import { refOf } from "../../kube/objects.ts";
import { until } from "../../kube/wait.ts";
import { networkPolicyEngine } from "../../local/node/index.ts";
import { askAll } from "../../local/proof/ask.ts";
import { drill } from "../../local/proof/failover.ts";
import { runProof } from "../../local/proof/index.ts";
import { people } from "../../local/proof/plan.ts";
import type { Row } from "../../local/proof/rows.ts";
import { proofLabels, raise, sweep } from "../../local/proof/stage.ts";
import { inspect, instancesOf, type Database } from "../../local/proof/subject.ts";
import { closed, createScratch, removeScratch, scratchCluster, scratchPolicies } from "./scratch.ts";
import { database } from "./support.ts";

const live: Database = { namespace: "production", cluster: "pg" };
let client: KubeClient;

beforeAll(async () => {
  client = await database();
});

/** A row as a failure should show it. */
const told = ({ from, to, tls, user, database: name, expected, observed, message }: Row) =>
  [`${from} -> ${to}`, tls, user && `${user}@${name}`, `${observed}, not ${expected}`, message]
    .filter(Boolean)
    .join(" | ");
const red = (rows: Row[]) => rows.filter(({ ok }) => ok === false).map(told);
const of = (rows: Row[], layer: string, from: keyof typeof people) =>
  rows.filter((row) => row.layer === layer && row.from === people[from]);

/** Everything that a proof of the database has made and that is still there. */
async function left(of: Database): Promise<string[]> {
  const labelSelector = Object.entries(proofLabels(of))
    .map((label) => label.join("="))
    .join();
  const kinds = [
    { apiVersion: "apps/v1", kind: "Deployment" },
    { apiVersion: "v1", kind: "Pod" },
    { apiVersion: "v1", kind: "ConfigMap" },
    { apiVersion: "v1", kind: "Namespace" },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
  ];
  const found = await Promise.all(kinds.map((ref) => client.list(ref, { labelSelector })));
  return found.flat().map((object) => Object.values(refOf(object)).join(" "));
}

describe("the database of stack local", () => {
  test("proves itself, failover included, and nothing of the proof stays", async () => {
    const proof = await runProof(client, { destructive: true });
    expect(red(proof.rows)).toEqual([]);
    expect(proof).toMatchObject({ failed: 0, skipped: 0, passed: proof.rows.length });
    expect(new Set(proof.rows.map(({ layer }) => layer))).toEqual(
      new Set(["network", "postgres", "admission", "api", "failover"]),
    );
    expect(await left(live)).toEqual([]);
  });

  test("an interrupted proof clears up too", async () => {
    const main = join(import.meta.dirname, "..", "..", "local", "main.ts");
    const proof = spawn(process.execPath, [main, "proof"], { stdio: ["ignore", "ignore", "pipe"] });
    let interrupted = false;
    proof.stderr.setEncoding("utf8").on("data", (progress: string) => {
      if (!interrupted && progress.includes("proving who gets through")) {
        interrupted = true;
        setTimeout(() => proof.kill("SIGINT"), 2000);
      }
    });
    const [code] = (await once(proof, "exit")) as [number | null];
    expect(code).toBe(130);
    expect(await left(live)).toEqual([]);
  });

  test("without NetworkPolicy enforcement the network rows turn red, and pg_hba still holds", async () => {
    await networkPolicyEngine.stop();
    const { rows, skipped } = await runProof(client, { destructive: false }).finally(() => networkPolicyEngine.start());
    expect(skipped).toBe(1);
    for (const stranger of ["unlabelled", "foreign"] as const) {
      expect(of(rows, "network", stranger).map(({ observed, ok }) => [observed, ok])).toEqual([
        ["in", false],
        ["in", false],
        ["in", false],
      ]);
      expect(of(rows, "postgres", stranger).map(({ by, ok }) => [by, ok])).toEqual([
        ["pg_hba", false],
        ["pg_hba", false],
      ]);
    }
    expect(red(of(rows, "postgres", "client"))).toEqual([]);
    expect(red(rows.filter(({ layer }) => layer === "api" || layer === "admission"))).toEqual([]);
  });
});

describe("each layer alone", () => {
  const scratch: ClusterName = { namespace: "layers", name: "pg" };
  const named: Database = { namespace: "layers", cluster: "pg" };

  beforeAll(() => createScratch(client, scratch));
  afterAll(() => removeScratch(client, scratch));

  /** Asks everyone of the scratch database. */
  async function ask(): Promise<Row[]> {
    const subject = await inspect(client, named);
    try {
      return await askAll(client, subject, await raise(client, subject));
    } finally {
      await sweep(client, named);
    }
  }

  test("without any NetworkPolicy pg_hba refuses every stranger", async () => {
    const rows = await ask();
    for (const stranger of ["unlabelled", "foreign"] as const) {
      expect(of(rows, "network", stranger).map(({ observed }) => observed)).toEqual(["in", "in", "in"]);
      expect(of(rows, "postgres", stranger).map(({ observed }) => observed)).toEqual(["out: pg_hba", "out: pg_hba"]);
    }
    expect(red(of(rows, "postgres", "client"))).toEqual([]);
  });

  test("with pg_hba open NetworkPolicy refuses every stranger", async () => {
    const { app, lifelines } = scratchPolicies(scratch);
    await client.apply(app);
    await client.apply(lifelines);
    await client.apply(scratchCluster(scratch, ["host all all all scram-sha-256"]));
    const rows = await ask();
    expect(red(rows.filter(({ layer }) => layer === "network"))).toEqual([]);
    for (const stranger of ["unlabelled", "foreign"] as const) {
      expect(of(rows, "postgres", stranger).map(({ observed }) => observed)).toEqual(["out: network", "out: network"]);
    }
    const plain = of(rows, "postgres", "client").find(({ tls }) => tls === "plain");
    expect(plain?.observed, "pg_hba is open, or else this proves little").toBe("in");
    await client.apply(scratchCluster(scratch, closed));
  });

  test("without the operator's lifeline nobody takes over, and with it back the database heals", async () => {
    const { app, lifelines, crippled } = scratchPolicies(scratch);
    await client.apply(app);
    await client.apply(crippled);
    await replaceStandby();
    const limits = { writers: 4, acknowledgements: 100, takeoverSeconds: 45, readySeconds: 45 };
    try {
      const rows = await drill(client, await inspect(client, named), () => undefined, limits);
      expect(rows.map(({ observed, ok }) => [observed.replace(/^\d+ rows/, "rows"), ok])).toEqual([
        ["rows acknowledged", true],
        ["not within 45 s", false],
        ["not within 45 s", false],
        ["no primary to ask", false],
        ["not within 45 s", false],
      ]);
    } finally {
      await sweep(client, named);
      await client.apply(lifelines);
    }
    await untilAllReady();
  });

  /** A connection of the operator's that is open already outlives a policy; to a new pod it has to make one. */
  async function replaceStandby(): Promise<void> {
    const labelSelector = `cnpg.io/cluster=${scratch.name},cnpg.io/instanceRole=replica`;
    const pods = await client.list({ apiVersion: "v1", kind: "Pod", namespace: scratch.namespace }, { labelSelector });
    for (const pod of pods) {
      await client.delete(refOf(pod));
      // The operator makes a new one of the same name at once.
      const replaced = async () => (await client.get(refOf(pod)))?.metadata.uid !== pod.metadata.uid || undefined;
      await until(`${String(pod.metadata.name)} replaced`, replaced, { seconds: 60 });
    }
    await untilAllReady();
  }

  async function untilAllReady(): Promise<void> {
    const ready = async () => (await instancesOf(client, named)).filter((instance) => instance.ready).length;
    await until("all instances ready", async () => ((await ready()) === 2 ? true : undefined), { seconds: 180 });
  }
});
