import { parse, stringify } from "yaml";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { deleteAndWait, until } from "../../kube/wait.ts";
import { Sandbox, testKubeconfig, type Preview } from "./sandbox.ts";

/**
 * What the program relies on in the Kubernetes and random plugins, driven through the real engine. The suite does not know
 * which plugin it runs against: the real ones where they are installed, the stand-ins elsewhere.
 */
const NAMESPACE = "plugin-conformance";
const WIDGET_KIND = { apiVersion: "conformance.example.com/v1", kind: "Widget" };
const WIDGETS = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";

let kubeconfig: string;
let client: KubeClient;
let sandbox: Sandbox;

beforeAll(async () => {
  kubeconfig = await testKubeconfig();
  client = new KubeClient(kubeconfig);
  await deleteAndWait(client, { ...WIDGETS, name: "earlies.conformance.example.com" }, { seconds: 60 });
  await deleteAndWait(client, { apiVersion: "v1", kind: "Namespace", name: NAMESPACE }, { seconds: 120 });
  await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
});

afterAll(async () => {
  await client.delete({ apiVersion: "v1", kind: "Namespace", name: NAMESPACE });
});

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => {
  sandbox.remove();
});

/** A program with a provider for the cluster under test, handed to resources as `opts`. */
function program(body: string, config: Record<string, unknown> = {}): string {
  return `import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";
const opts = { provider: new k8s.Provider("cluster", ${JSON.stringify({ kubeconfig, clusterIdentifier: "test", ...config })}) };
${body}`;
}

/** A program that registers the objects as they are, each under its Kubernetes name. */
function objects(list: KubeObject[], config: Record<string, unknown> = {}): string {
  const resources = list.map((object) => {
    const { apiVersion, kind, metadata, ...rest } = object;
    const args = { ...rest, metadata: { namespace: NAMESPACE, ...metadata } };
    const known = knownClasses[`${apiVersion}/${kind}`];
    const custom = `new k8s.apiextensions.CustomResource(NAME, { apiVersion: "${apiVersion}", kind: "${kind}", ...ARGS }, opts);`;
    return (known === undefined ? custom : `new k8s.${known}(NAME, ARGS, opts);`)
      .replace("NAME", JSON.stringify(metadata.name))
      .replace("ARGS", JSON.stringify(args));
  });
  return program(resources.join("\n"), config);
}

const knownClasses: Record<string, string> = {
  "v1/ConfigMap": "core.v1.ConfigMap",
  "v1/Secret": "core.v1.Secret",
  "v1/Service": "core.v1.Service",
  "v1/PersistentVolumeClaim": "core.v1.PersistentVolumeClaim",
  "batch/v1/Job": "batch.v1.Job",
  "apps/v1/Deployment": "apps.v1.Deployment",
};

function configMap(
  name: string,
  fields: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: annotated(name, annotations), ...fields };
}

function widget(name: string, spec: Record<string, unknown>, annotations: Record<string, string> = {}): KubeObject {
  return { ...WIDGET_KIND, metadata: annotated(name, annotations), spec };
}

function annotated(name: string, annotations: Record<string, string>) {
  return Object.keys(annotations).length === 0 ? { name } : { name, annotations };
}

/** The definition of a namespaced kind that takes any field. */
function widgets(singular: string): KubeObject {
  const plural = singular.replace(/y$/, "ie") + "s";
  const kind = singular.charAt(0).toUpperCase() + singular.slice(1);
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    ...WIDGETS,
    metadata: { name: `${plural}.conformance.example.com` },
    spec: {
      group: "conformance.example.com",
      scope: "Namespaced",
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
}

function live(kind: string, name: string, apiVersion = "v1"): Promise<KubeObject | undefined> {
  return client.get({ apiVersion, kind, namespace: NAMESPACE, name });
}

/** The kubeconfig with something changed. */
function edited(change: (config: Kubeconfig) => void): string {
  const config = parse(kubeconfig) as Kubeconfig;
  change(config);
  return stringify(config);
}

interface Kubeconfig {
  "current-context": string;
  clusters: [{ cluster: { server: string } }, ...{ name: string; cluster: { server: string } }[]];
  contexts: unknown[];
  users: unknown[];
}

function stepsOf(preview: Preview, name: string): string[] {
  return (preview.steps ?? []).filter(({ urn }) => urn.endsWith(`::${name}`)).map(({ op }) => op);
}

async function expectUp(source?: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await sandbox.up(source, ...args);
  expect(code, stdout).toBe(0);
  return stdout;
}

async function expectFailure(source: string): Promise<string> {
  const { code, stdout } = await sandbox.up(source);
  expect(code, stdout).not.toBe(0);
  return stdout;
}

/** Writes a widget's status as its controller would, as soon as the widget is there. */
async function setStatus(kind: string, apiVersion: string, name: string, status: unknown): Promise<void> {
  await until(`${kind} ${name}`, () => live(kind, name, apiVersion), { seconds: 30 });
  await client.mergePatch({ apiVersion, kind, namespace: NAMESPACE, name }, { status }, "status");
}

describe("objects", () => {
  test("are created, updated in place, left alone without a change, and deleted", async () => {
    const mutable = { enableConfigMapMutable: true };
    await expectUp(objects([configMap("life", { data: { a: "1", b: "2" } })], mutable));
    const uid = (await live("ConfigMap", "life"))?.metadata.uid;

    await expectUp(objects([configMap("life", { data: { a: "3" } })], mutable));
    expect((await live("ConfigMap", "life"))?.["data"]).toEqual({ a: "3" });
    expect((await live("ConfigMap", "life"))?.metadata.uid).toBe(uid);

    await expectUp(undefined, "--expect-no-changes");
    expect((await sandbox.pulumi("destroy", "--yes", "--skip-preview")).code).toBe(0);
    expect(await live("ConfigMap", "life")).toBeUndefined();
  });

  test("that exist already are refused", async () => {
    await client.create({ ...configMap("taken"), metadata: { name: "taken", namespace: NAMESPACE } });
    expect(await expectFailure(objects([configMap("taken", { data: { a: "1" } })]))).toContain(
      'configmaps "taken" already exists',
    );
    expect((await live("ConfigMap", "taken"))?.["data"]).toBeUndefined();
  });

  test("that exist already are taken over where the provider says so", async () => {
    const address = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "adopted", namespace: NAMESPACE } };
    await client.create({ ...address, data: { theirs: "1", same: "1" } });
    const source = objects([configMap("adopted", { data: { ours: "1", same: "1" } })], { upsertExistingObjects: true });
    expect((await sandbox.preview(source)).diagnostics?.filter(({ severity }) => severity === "error")).toEqual([]);
    await expectUp(source);
    expect((await live("ConfigMap", "adopted"))?.["data"]).toEqual({ ours: "1", same: "1", theirs: "1" });
    await expectUp(undefined, "--expect-no-changes");
  });

  test("keep the fields of other managers, and are not overwritten in a conflict", async () => {
    const mutable = { enableConfigMapMutable: true };
    await expectUp(objects([configMap("shared", { data: { ours: "1" } })], mutable));
    const other = {
      ...configMap("shared", { data: { theirs: "1" } }),
      metadata: { name: "shared", namespace: NAMESPACE },
    };
    await client.apply(other, { fieldManager: "other" });
    await expectUp(objects([configMap("shared", { data: { ours: "2" } })], mutable));
    expect((await live("ConfigMap", "shared"))?.["data"]).toEqual({ ours: "2", theirs: "1" });

    const stdout = await expectFailure(
      objects([configMap("shared", { data: { ours: "2", theirs: "mine" } })], mutable),
    );
    expect(stdout).toMatch(/conflict with "other"/);
    const annotations = { "pulumi.com/patchForce": "true" };
    await expectUp(objects([configMap("shared", { data: { ours: "2", theirs: "mine" } }, annotations)], mutable));
    expect((await live("ConfigMap", "shared"))?.["data"]).toEqual({ ours: "2", theirs: "mine" });
  });

  test("get the provider's namespace, and a name where they have none", async () => {
    await expectUp(
      program(`export const at = new k8s.core.v1.ConfigMap("auto", {}, opts).metadata;`, { namespace: NAMESPACE }),
    );
    const { at } = (await sandbox.outputs()) as { at: { name: string; namespace: string } };
    expect(at.namespace).toBe(NAMESPACE);
    expect(at.name).toMatch(/^auto-[0-9a-f]{8}$/);
    await expectUp(undefined, "--expect-no-changes");
  });

  test("that moved are replaced: under a new name created first, under the same name deleted first", async () => {
    const at = (name: string, data: Record<string, string>) =>
      program(
        `new k8s.core.v1.ConfigMap("x", ${JSON.stringify({ metadata: { name, namespace: NAMESPACE }, data })}, opts);`,
      );
    await expectUp(at("before", {}));
    const renamed = await expectUp(at("after", {}));
    expect(renamed.indexOf("created replacement")).toBeLessThan(renamed.indexOf("deleted original"));
    expect(await live("ConfigMap", "before")).toBeUndefined();

    const changed = await expectUp(at("after", { a: "1" }));
    expect(changed.indexOf("deleted original")).toBeLessThan(changed.indexOf("created replacement"));
    expect((await live("ConfigMap", "after"))?.["data"]).toEqual({ a: "1" });
  });

  test("that were deleted behind its back are found missing by a refresh, and made again", async () => {
    await expectUp(objects([configMap("drift", { data: { a: "1" } })], { enableConfigMapMutable: true }));
    await client.delete({ apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "drift" });
    await expectUp(undefined, "--refresh");
    expect((await live("ConfigMap", "drift"))?.["data"]).toEqual({ a: "1" });
  });

  test("that were changed behind its back are brought back after a refresh, where the program forces it", async () => {
    const source = (annotations: Record<string, string>) =>
      objects([configMap("changed", { data: { a: "1" } }, annotations)], { enableConfigMapMutable: true });
    await expectUp(source({}));
    const address = { apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "changed" };
    await client.mergePatch(address, { data: { a: "changed", added: "by somebody" } });
    const refused = await sandbox.up(undefined, "--refresh");
    expect(refused.stdout).toMatch(/conflict/);
    await expectUp(source({ "pulumi.com/patchForce": "true" }));
    expect((await live("ConfigMap", "changed"))?.["data"]).toEqual({ a: "1", added: "by somebody" });
  });

  test("are looked up by name", async () => {
    const body = `export const uid = k8s.core.v1.ServiceAccount.get("sa", "${NAMESPACE}/default", opts).metadata.uid;`;
    await expectUp(program(body));
    const { uid } = await sandbox.outputs();
    expect(uid).toBe((await live("ServiceAccount", "default"))?.metadata.uid);
  });

  test("written in another way than the API server answers are no change", async () => {
    const service: KubeObject = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "written", labels: {} },
      spec: { clusterIP: "None", publishNotReadyAddresses: false, ports: [{ port: 80, targetPort: "http" }] },
    };
    const claim: KubeObject = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "written", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "none",
        resources: { requests: { storage: "1024Mi" } },
      },
    };
    claim.metadata.name = "written-claim";
    await expectUp(objects([service, claim]));
    await expectUp(undefined, "--expect-no-changes");
  });

  test("with a selector that cannot change are replaced", async () => {
    const deployment = (app: string): KubeObject => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "selected", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app } },
        template: { metadata: { labels: { app } }, spec: { containers: [{ name: "c", image: "none.invalid/c" }] } },
      },
    });
    await expectUp(objects([deployment("a")]));
    const preview = await sandbox.preview(objects([deployment("b")]));
    expect(stepsOf(preview, "selected")).toEqual(["replace"]);
    expect(preview.steps?.find(({ op }) => op === "replace")?.detailedDiff).toMatchObject({
      "spec.selector.matchLabels.app": { kind: "update-replace" },
      "spec.template.metadata.labels.app": { kind: "update" },
    });
  });
});

describe("previews", () => {
  test("ask the API server what it would say, and change nothing", async () => {
    const bad = configMap("Not_A_Name");
    const preview = await sandbox.preview(objects([bad]));
    expect(JSON.stringify(preview.diagnostics)).toContain("Invalid value");
    await sandbox.preview(objects([configMap("planned", { data: { a: "1" } })]));
    expect(await live("ConfigMap", "planned")).toBeUndefined();
  });

  test("keep what is unknown unknown", async () => {
    const body = `const password = new random.RandomPassword("p", { length: 8 });
new k8s.core.v1.Secret("s", { metadata: { name: "unknown", namespace: "${NAMESPACE}" }, stringData: { password: password.result } }, opts);`;
    const preview = await sandbox.preview(program(body));
    expect(preview.changeSummary).toEqual({ create: 4 });
    expect(preview.diagnostics?.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("of objects in a namespace that is still to come succeed", async () => {
    const body = `const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: "${NAMESPACE}-later" } }, opts);
new k8s.core.v1.ConfigMap("cm", { metadata: { name: "cm", namespace: "${NAMESPACE}-later" } }, { ...opts, dependsOn: ns });`;
    expect((await sandbox.preview(program(body))).changeSummary).toEqual({ create: 4 });
  });

  test("name the changed fields", async () => {
    await expectUp(
      objects([configMap("fields", { data: { a: "1", b: "2", "c.d": "3" } })], { enableConfigMapMutable: true }),
    );
    const preview = await sandbox.preview(
      objects([configMap("fields", { data: { a: "9", "c.d": "4", e: "5" } })], { enableConfigMapMutable: true }),
    );
    expect(preview.steps?.find(({ urn }) => urn.endsWith("::fields"))?.detailedDiff).toMatchObject({
      "data.a": { kind: "update" },
      "data.b": { kind: "delete" },
      'data["c.d"]': { kind: "update" },
      "data.e": { kind: "add" },
    });
  });
});

describe("secrets", () => {
  const secret = (password: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "credentials" },
    stringData: { username: "app", password },
  });

  test("are encrypted in the state, whole, also where the program did not mark them", async () => {
    await expectUp(objects([{ ...secret("plain text"), metadata: { name: "encrypted" } }]));
    const found = (await sandbox.resources()).find(({ type }) => type === "kubernetes:core/v1:Secret");
    expect(JSON.stringify(found?.outputs?.["data"])).toContain(SECRET_MARK);
    expect(JSON.stringify(found?.inputs)).toContain(SECRET_MARK);
    const state = JSON.stringify(found);
    expect(state).not.toContain("plain text");
    expect(state).not.toContain(Buffer.from("plain text").toString("base64"));
  });

  test("in other objects stay secret", async () => {
    await expectUp(
      program(
        `new k8s.core.v1.ConfigMap("cm", { metadata: { name: "hidden", namespace: "${NAMESPACE}" }, data: { open: "seen", hidden: pulumi.secret("never") } }, opts);`,
      ),
    );
    const state = JSON.stringify(
      (await sandbox.resources()).filter(({ type }) => type === "kubernetes:core/v1:ConfigMap"),
    );
    expect(state).toContain("seen");
    expect(state).not.toContain("never");
  });

  test("that change are replaced, or updated in place where the provider says they may be", async () => {
    await expectUp(objects([secret("one")]));
    expect(stepsOf(await sandbox.preview(objects([secret("two")])), "credentials")).toEqual(["replace"]);
    const mutable = { enableSecretMutable: true };
    expect(stepsOf(await sandbox.preview(objects([secret("two")], mutable)), "credentials")).toEqual(["update"]);
    await expectUp(objects([secret("two")], mutable));
    const data = (await live("Secret", "credentials"))?.["data"] as Record<string, string>;
    expect(Buffer.from(data["password"] ?? "", "base64").toString()).toBe("two");
    await expectUp(undefined, "--expect-no-changes");
  });

  test("that are immutable are replaced all the same", async () => {
    const immutable = { ...secret("one"), metadata: { name: "frozen" }, immutable: true };
    const mutable = { enableSecretMutable: true };
    await expectUp(objects([immutable], mutable));
    const changed = { ...immutable, stringData: { username: "app", password: "two" } };
    expect(stepsOf(await sandbox.preview(objects([changed], mutable)), "frozen")).toEqual(["replace"]);
  });
});

describe("the provider", () => {
  test("is not replaced for another kubeconfig of the same cluster, by its identifier", async () => {
    await expectUp(objects([configMap("kept")]));
    const moved = edited(({ clusters: [cluster] }) => (cluster.cluster.server += "/"));
    const preview = await sandbox.preview(objects([configMap("kept")], { kubeconfig: moved }));
    expect(preview.changeSummary).toEqual({ same: 2, update: 1 });
  });

  test("is replaced for another cluster", async () => {
    await expectUp(objects([configMap("moved")]));
    const preview = await sandbox.preview(objects([configMap("moved")], { clusterIdentifier: "another" }));
    expect(stepsOf(preview, "cluster")).toEqual(["replace"]);
  });

  test("takes a path for a kubeconfig, and a context", async () => {
    const context = (parse(kubeconfig) as Kubeconfig)["current-context"];
    const elsewhere = edited((config) => {
      config["current-context"] = "elsewhere";
      config.contexts.push({ name: "elsewhere", context: { cluster: "elsewhere", user: "nobody" } });
      config.clusters.push({ name: "elsewhere", cluster: { server: "https://127.0.0.1:1" } });
      config.users.push({ name: "nobody", user: {} });
    });
    sandbox.write({ kubeconfig: elsewhere });
    await expectUp(objects([configMap("by-path")], { kubeconfig: `${sandbox.folder}/kubeconfig`, context }));
    expect(await live("ConfigMap", "by-path")).toBeDefined();
  });

  test("refuses a broken kubeconfig without showing it", async () => {
    const stdout = await expectFailure(objects([configMap("broken")], { kubeconfig: `${kubeconfig}\n  broken: [` }));
    expect(stdout).toContain("kubeconfig");
    expect(stdout).not.toContain("client-key-data");
    expect(stdout).not.toContain("clusters:");
  });

  test("previews without the cluster, and says why it cannot go further", async () => {
    const gone = edited(({ clusters: [cluster] }) => (cluster.cluster.server = "https://127.0.0.1:1"));
    const source = objects([configMap("unreachable")], { kubeconfig: gone });
    expect((await sandbox.preview(source)).changeSummary).toMatchObject({ create: expect.any(Number) as number });
    const stdout = await expectFailure(source);
    expect(stdout).toContain("unreachable");
    expect(stdout).toContain("127.0.0.1:1");
  });
});

describe("custom resources", () => {
  const early = widgets("early");

  beforeAll(async () => {
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

describe("random passwords", () => {
  const password = (args: Record<string, unknown>) =>
    `import * as random from "@pulumi/random";
export const password = new random.RandomPassword("p", ${JSON.stringify(args)}).result;`;

  test("obey their rules, are secret, and stay until a keeper changes", async () => {
    const rules = { length: 24, minLower: 4, minUpper: 4, minNumeric: 4, minSpecial: 4, overrideSpecial: "-_" };
    await expectUp(password({ ...rules, keepers: { generation: "1" } }));
    const first = String((await sandbox.outputs())["password"]);
    expect(first).toHaveLength(24);
    for (const least of [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /[-_]/g])
      expect(first.match(least)?.length).toBeGreaterThanOrEqual(4);
    expect(first).toMatch(/^[-_a-zA-Z0-9]+$/);
    expect(JSON.stringify(await sandbox.resources())).not.toContain(first);
    await expectUp(undefined, "--expect-no-changes");

    await expectUp(password({ ...rules, keepers: { generation: "2" } }));
    const second = String((await sandbox.outputs())["password"]);
    expect(second).not.toBe(first);
    expect(second).toHaveLength(24);
  });

  test("leave out the classes that are switched off", async () => {
    await expectUp(password({ length: 60, special: false, upper: false }));
    expect(String((await sandbox.outputs())["password"])).toMatch(/^[a-z0-9]{60}$/);
  });

  test("that cannot be are refused", async () => {
    await expectFailure(password({ length: 4, minLower: 3, minNumeric: 3 }));
  });
});
