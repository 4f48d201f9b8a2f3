import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import {
  NAMESPACE,
  client,
  configMap,
  conformance,
  expectFailure,
  expectUp,
  live,
  objects,
  program,
  sandbox,
  stepsOf,
} from "./conformance.ts";

conformance();

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
