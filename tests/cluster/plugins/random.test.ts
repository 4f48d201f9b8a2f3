import { describe, expect, test } from "vitest";
import { conformance, expectFailure, expectUp, sandbox } from "./conformance.ts";

conformance();

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
