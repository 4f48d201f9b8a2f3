import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import {
  NAMESPACE,
  annotated,
  client,
  conformance,
  expectFailure,
  expectUp,
  live,
  objects,
  program,
  sandbox,
  setStatus,
  stepsOf,
} from "./conformance.ts";

conformance();

describe("jobs", () => {
  /** Kept by nobody but the test: the built-in controller leaves it alone. */
  const job = (name: string, image = "none.invalid/c"): KubeObject => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      managedBy: "conformance.example.com/test",
      template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image }] } },
    },
  });
  const condition = (type: string, reason?: string) => ({
    startTime: "2026-01-01T00:00:00Z",
    ...(type === "Complete" && { completionTime: "2026-01-01T00:00:01Z" }),
    conditions: ["SuccessCriteriaMet", "FailureTarget", type]
      .filter((name) => name === type || name === (type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget"))
      .map((name) => ({ type: name, status: "True", reason: reason ?? "Test", message: "by the test" })),
  });

  test("are waited for until they are complete", async () => {
    const up = sandbox.up(objects([job("completes")]));
    await setStatus("Job", "batch/v1", "completes", { startTime: "2026-01-01T00:00:00Z", active: 1 });
    const first = await Promise.race([up.then(() => "up"), new Promise((done) => setTimeout(done, 3000, "waiting"))]);
    expect(first).toBe("waiting");
    await setStatus("Job", "batch/v1", "completes", { active: 0, ...condition("Complete") });
    expect((await up).code, (await up).stdout).toBe(0);
  });

  test("that fail are an error at once", async () => {
    const up = sandbox.up(objects([job("fails")]));
    await setStatus("Job", "batch/v1", "fails", condition("Failed", "BackoffLimitExceeded"));
    const { code, stdout } = await up;
    expect(code).not.toBe(0);
    expect(stdout).toContain("[BackoffLimitExceeded] by the test");
  });

  test("are replaced for another template", async () => {
    const metadata = { name: "template", annotations: { "pulumi.com/skipAwait": "true" } };
    await expectUp(objects([{ ...job("template"), metadata }]));
    const changed = { ...job("template", "none.invalid/d"), metadata };
    expect(stepsOf(await sandbox.preview(objects([changed])), "template")).toEqual(["replace"]);
  });
});

describe("deployments", () => {
  const deployment = (name: string, image: string, annotations: Record<string, string> = {}): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: annotated(name, annotations),
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: "c", image, imagePullPolicy: "Never", env: [{ name: "IN", value: name }] }],
        },
      },
    },
  });

  /** The image that every node has: the one its pods' sandboxes are made of. */
  async function nodeImage(skip: (reason: string) => never): Promise<string> {
    const nodes = (await client.list({ apiVersion: "v1", kind: "Node" })) as (KubeObject & NodeStatus)[];
    const names = nodes.flatMap(({ status }) => (status.images ?? []).flatMap(({ names = [] }) => names));
    return (
      names.find((name) => /pause/.test(name) && !name.includes("@")) ??
      skip("no node with an image of a pause container")
    );
  }

  interface NodeStatus {
    status: { images?: { names?: string[] }[] };
  }

  test("are waited for until they are rolled out, the second time too", async ({ skip }) => {
    const image = await nodeImage(skip);
    const status = async () => (await live("Deployment", "rolled", "apps/v1"))?.["status"];
    await expectUp(objects([deployment("rolled", image)]));
    expect(await status()).toMatchObject({ replicas: 2, readyReplicas: 2, updatedReplicas: 2 });
    await expectUp(undefined, "--expect-no-changes");

    const changed = JSON.parse(JSON.stringify(deployment("rolled", image)).replace('"IN"', '"OUT"')) as KubeObject;
    await expectUp(objects([changed]));
    expect(await status()).toMatchObject({ readyReplicas: 2, updatedReplicas: 2, observedGeneration: 2 });
  });

  test("that cannot start fail in time, and say what is wrong with their pods", async ({ skip }) => {
    await nodeImage(skip);
    const short = { "pulumi.com/timeoutSeconds": "10" };
    const stdout = await expectFailure(objects([deployment("imageless", "localhost/nowhere:0", short)]));
    expect(stdout).toContain("ErrImageNeverPull");
    expect(stdout).toMatch(/timed out waiting to be Ready/);
  });
});

describe("services and namespaces", () => {
  test("a service without endpoints is ready when its endpoints have settled", async () => {
    const service: KubeObject = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "settled" },
      spec: { selector: { app: "nobody" }, ports: [{ port: 80 }] },
    };
    const started = Date.now();
    await expectUp(objects([service]));
    expect(Date.now() - started).toBeGreaterThan(9_000);
  });

  test("a namespace is gone with all that is in it when its deletion is done", async () => {
    const name = `${NAMESPACE}-whole`;
    await expectUp(
      program(`const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: "${name}" } }, opts);
new k8s.core.v1.ConfigMap("cm", { metadata: { name: "cm", namespace: ns.metadata.name } }, opts);`),
    );
    await client.create({ apiVersion: "v1", kind: "Secret", metadata: { name: "stranger", namespace: name } });
    expect((await sandbox.pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect(await client.get({ apiVersion: "v1", kind: "Namespace", name })).toBeUndefined();
  });

  test("what is to be kept is kept", async () => {
    const body = `new k8s.core.v1.ConfigMap("cm", { metadata: { name: "retained", namespace: "${NAMESPACE}" } }, { ...opts, retainOnDelete: true });`;
    await expectUp(program(body));
    expect((await sandbox.pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect(await live("ConfigMap", "retained")).toBeDefined();
  });
});
