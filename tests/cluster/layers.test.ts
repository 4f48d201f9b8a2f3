import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterName } from "../../components/access/names.ts";
import type { KubeClient } from "../../kube/client.ts";
import { refOf } from "../../kube/objects.ts";
import { until } from "../../kube/wait.ts";
import { askAll } from "../../local/proof/ask.ts";
import { drill } from "../../local/proof/failover.ts";
import type { Row } from "../../local/proof/rows.ts";
import { raise, sweep } from "../../local/proof/stage.ts";
import { inspect, instancesOf, type Database } from "../../local/proof/subject.ts";
import { red, rowsOf } from "./proofRows.ts";
import { closed, createScratch, removeScratch, scratchCluster, scratchPolicies } from "./scratch.ts";
import { operator } from "./support.ts";

let client: KubeClient;

describe("each layer alone", () => {
  const scratch: ClusterName = { namespace: "layers", name: "pg" };
  const named: Database = { namespace: "layers", cluster: "pg" };

  beforeAll(async () => {
    client = await operator();
    await createScratch(client, scratch);
  });
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
      expect(rowsOf(rows, "network", stranger).map(({ observed }) => observed)).toEqual(["in", "in", "in"]);
      expect(rowsOf(rows, "postgres", stranger).map(({ observed }) => observed)).toEqual([
        "out: pg_hba",
        "out: pg_hba",
      ]);
    }
    expect(red(rowsOf(rows, "postgres", "client"))).toEqual([]);
  });

  test("with pg_hba open NetworkPolicy refuses every stranger", async () => {
    const { app, lifelines } = scratchPolicies(scratch);
    await client.apply(app);
    await client.apply(lifelines);
    await client.apply(scratchCluster(scratch, ["host all all all scram-sha-256"]));
    const rows = await ask();
    expect(red(rows.filter(({ layer }) => layer === "network"))).toEqual([]);
    for (const stranger of ["unlabelled", "foreign"] as const) {
      expect(rowsOf(rows, "postgres", stranger).map(({ observed }) => observed)).toEqual([
        "out: network",
        "out: network",
      ]);
    }
    const plain = rowsOf(rows, "postgres", "client").find(({ tls }) => tls === "plain");
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
