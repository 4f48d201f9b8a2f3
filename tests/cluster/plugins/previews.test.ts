import { describe, expect, test } from "vitest";
import { NAMESPACE, configMap, conformance, expectUp, live, objects, program, sandbox } from "./conformance.ts";

conformance();

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
