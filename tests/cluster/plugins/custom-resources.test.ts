import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import { deleteAndWait, until } from "../../../kube/wait.ts";
import {
  NAMESPACE,
  WIDGETS,
  WIDGET_KIND,
  client,
  conformance,
  expectFailure,
  expectUp,
  live,
  objects,
  program,
  sandbox,
  setStatus,
  widget,
  widgets,
} from "./conformance.ts";

conformance();

describe("custom resources", () => {
  const early = widgets("early");

  beforeAll(async () => {
    await deleteAndWait(client, { ...WIDGETS, name: "earlies.conformance.example.com" }, { seconds: 60 });
    await client.apply(widgets("widget"));
    await until("the widgets", () => client.path({ ...WIDGET_KIND }).catch(() => undefined), { seconds: 30 });
  });

  afterAll(async () => {
    await client.delete({ ...WIDGETS, name: "widgets.conformance.example.com" });
    await client.delete({ ...WIDGETS, name: "earlies.conformance.example.com" });
  });

  test("are created although their definition comes in the same deployment, and previewed without it", async () => {
    const { metadata, spec } = early as KubeObject & { spec: unknown };
    const object = { apiVersion: WIDGET_KIND.apiVersion, kind: "Early", metadata: { name: "e", namespace: NAMESPACE } };
    const source = program(
      `new k8s.apiextensions.CustomResource("early", ${JSON.stringify({ ...object, spec: { size: 1 } })}, opts);
await new Promise((done) => setTimeout(done, 3000));
new k8s.apiextensions.v1.CustomResourceDefinition("crd", ${JSON.stringify({ metadata, spec })}, opts);`,
    );
    expect((await sandbox.preview(source)).changeSummary).toEqual({ create: 4 });
    await expectUp(source);
    expect((await live("Early", "e", WIDGET_KIND.apiVersion))?.["spec"]).toEqual({ size: 1 });
    await expectUp(undefined, "--expect-no-changes");
  });

  test("keep every field, also zero values and unknown ones", async () => {
    const spec = { on: false, count: 0, name: "", list: [], nested: { deep: [{ a: 1 }, { b: null }] } };
    await expectUp(objects([widget("fields", { ...spec, nested: { deep: [{ a: 1 }] } })]));
    expect((await live("Widget", "fields", WIDGET_KIND.apiVersion))?.["spec"]).toEqual({
      ...spec,
      nested: { deep: [{ a: 1 }] },
    });
    await expectUp(undefined, "--expect-no-changes");
    await expectUp(objects([widget("fields", { ...spec, on: true, list: ["x"], nested: { deep: [] } })]));
    expect((await live("Widget", "fields", WIDGET_KIND.apiVersion))?.["spec"]).toEqual({
      ...spec,
      on: true,
      list: ["x"],
      nested: { deep: [] },
    });
  });

  test("are waited for: a condition", async () => {
    const up = sandbox.up(objects([widget("condition", {}, { "pulumi.com/waitFor": "condition=Ready" })]));
    await setStatus("Widget", WIDGET_KIND.apiVersion, "condition", {
      conditions: [{ type: "Ready", status: "False" }],
    });
    const first = await Promise.race([up.then(() => "up"), new Promise((done) => setTimeout(done, 3000, "waiting"))]);
    expect(first).toBe("waiting");
    await setStatus("Widget", WIDGET_KIND.apiVersion, "condition", { conditions: [{ type: "Ready", status: "True" }] });
    expect((await up).code, (await up).stdout).toBe(0);
  });

  test("are waited for: JSONPaths, all of a list, and not by what an older generation says", async () => {
    const waitFor = JSON.stringify(["jsonpath={.status.phase}=Running", "jsonpath={.status.ready[?@.name=='a'].at}"]);
    const up = sandbox.up(objects([widget("paths", {}, { "pulumi.com/waitFor": waitFor })]));
    const set = (status: unknown) => setStatus("Widget", WIDGET_KIND.apiVersion, "paths", status);
    const whileWaiting = (ms: number) =>
      Promise.race([up.then(() => "up"), new Promise((done) => setTimeout(done, ms, "waiting"))]);
    await set({ phase: "Running" });
    expect(await whileWaiting(2000)).toBe("waiting");
    await set({ observedGeneration: 0, ready: [{ name: "a", at: "now" }] });
    expect(await whileWaiting(2000)).toBe("waiting");
    await set({ observedGeneration: 1 });
    expect((await up).code, (await up).stdout).toBe(0);
  });

  test("that do not get ready in time fail, are kept in the state, and are tried again", async () => {
    const annotations = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "2" };
    await expectFailure(objects([widget("late", {}, annotations)]));
    const kept = (await sandbox.resources()).find(({ urn }) => urn.endsWith("::late"));
    expect(kept?.id).toBe(`${NAMESPACE}/late`);
    expect(kept?.initErrors?.length).toBeGreaterThan(0);
    await setStatus("Widget", WIDGET_KIND.apiVersion, "late", { conditions: [{ type: "Ready", status: "True" }] });
    await expectUp();
    expect((await sandbox.resources()).find(({ urn }) => urn.endsWith("::late"))?.initErrors).toBeUndefined();
  });

  test("have their time by customTimeouts first, and are not waited for where the program says so", async () => {
    const waiting = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "600" };
    const args = (name: string, annotations: Record<string, string>) =>
      JSON.stringify({ ...widget(name, {}), metadata: { name, namespace: NAMESPACE, annotations } });
    const started = Date.now();
    await expectFailure(
      program(
        `new k8s.apiextensions.CustomResource("timed", ${args("timed", waiting)}, { ...opts, customTimeouts: { create: "2s" } });`,
      ),
    );
    expect(Date.now() - started).toBeLessThan(60_000);
    await expectUp(objects([widget("unawaited", {}, { ...waiting, "pulumi.com/skipAwait": "true" })]));
  });

  test("are waited for until their finalizers are done", async () => {
    const held = { ...widget("held", {}), metadata: { name: "held", finalizers: ["conformance.example.com/hold"] } };
    await expectUp(objects([held]));
    const destroy = sandbox.pulumi("destroy", "--yes", "--skip-preview");
    const address = { ...WIDGET_KIND, namespace: NAMESPACE, name: "held" };
    const deleting = async () => ((await client.get(address))?.metadata.deletionTimestamp ? true : undefined);
    await until("deletion of widget held", deleting, { seconds: 30 });
    const first = await Promise.race([
      destroy.then(() => "gone"),
      new Promise((done) => setTimeout(done, 2000, "waiting")),
    ]);
    expect(first).toBe("waiting");
    await client.mergePatch(address, { metadata: { finalizers: null } });
    expect((await destroy).code, (await destroy).stdout).toBe(0);
  });

  test("of a kind that nobody defines fail after some tries", async () => {
    const stranger = { apiVersion: "nobody.example.com/v1", kind: "Stranger", metadata: { name: "s" } };
    const stdout = await expectFailure(objects([stranger]));
    expect(stdout).toMatch(/no matches for kind "Stranger"|could not find the requested resource/);
  });

  test("that a webhook cannot judge fail at once", async () => {
    const webhook: KubeObject = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "conformance.example.com" },
      webhooks: [
        {
          name: "conformance.example.com",
          clientConfig: { url: "https://127.0.0.1:1/" },
          rules: [
            {
              apiGroups: ["conformance.example.com"],
              apiVersions: ["v1"],
              operations: ["CREATE"],
              resources: ["widgets"],
            },
          ],
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    };
    await client.apply(webhook);
    try {
      const started = Date.now();
      expect(await expectFailure(objects([widget("judged", {})]))).toContain("failed calling webhook");
      expect(Date.now() - started).toBeLessThan(20_000);
    } finally {
      await client.delete({ apiVersion: webhook.apiVersion, kind: webhook.kind, name: webhook.metadata.name });
    }
  });
});
