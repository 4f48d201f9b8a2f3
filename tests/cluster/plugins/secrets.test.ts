import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import { NAMESPACE, conformance, expectUp, live, objects, program, sandbox, stepsOf } from "./conformance.ts";

/** What marks an encrypted value in the state. */
const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";

conformance();

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
