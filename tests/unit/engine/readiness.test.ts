import { describe, expect, test } from "vitest";
import { waitFor } from "../../../local/engine/plugins/kubernetes/await/wait-for.ts";
import { Cluster } from "../../../local/engine/plugins/kubernetes/cluster.ts";
import type { Look } from "../../../local/engine/plugins/kubernetes/await/readiness.ts";
import type { JsonObject } from "../../../local/engine/plugins/wire.ts";

const unused = new Cluster({
  kubeconfig: JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user: {} }],
  }),
  context: undefined,
});

function look(object: JsonObject): Look {
  return { cluster: unused, object, before: undefined, elapsed: 0 };
}

async function ready(annotation: string, object: JsonObject): Promise<boolean> {
  return (await waitFor(annotation)(look(object))).ready;
}

const conditions = (status: string, more: JsonObject = {}): JsonObject => ({
  metadata: { generation: 2 },
  status: { conditions: [{ type: "Ready", status, ...more }] },
});

describe("pulumi.com/waitFor", () => {
  test("waits for a condition, whatever its case, and for another status where it says so", async () => {
    expect(await ready("condition=Ready", conditions("True"))).toBe(true);
    expect(await ready("condition=ready", conditions("True"))).toBe(true);
    expect(await ready("condition=Ready", conditions("False"))).toBe(false);
    expect(await ready("condition=Ready=False", conditions("False"))).toBe(true);
    expect(await ready("condition=Other", conditions("True"))).toBe(false);
    expect(await ready("condition=Ready", {})).toBe(false);
  });

  test("does not believe what is said of an older generation", async () => {
    expect(await ready("condition=Ready", conditions("True", { observedGeneration: 1 }))).toBe(false);
    expect(await ready("condition=Ready", conditions("True", { observedGeneration: 2 }))).toBe(true);
    const stale = { metadata: { generation: 2 }, status: { observedGeneration: 1, phase: "Running" } };
    expect(await ready("jsonpath={.status.phase}=Running", stale)).toBe(false);
  });

  test("waits for a path to be there, or to have a value", async () => {
    const object = { status: { phase: "Running", count: 3, on: true, at: { x: 1 } } };
    expect(await ready("jsonpath={.status.phase}", object)).toBe(true);
    expect(await ready("jsonpath={.status.phase}=Running", object)).toBe(true);
    expect(await ready("jsonpath={.status.phase}=Pending", object)).toBe(false);
    expect(await ready("jsonpath={.status.count}=3", object)).toBe(true);
    expect(await ready("jsonpath={.status.on}=true", object)).toBe(true);
    expect(await ready("jsonpath={ $.status.at }", object)).toBe(true);
    expect(await ready("jsonpath={.status.missing}", object)).toBe(false);
  });

  test("waits for all of a list", async () => {
    const both = JSON.stringify(["condition=Ready", "jsonpath={.status.conditions[?@.type=='Ready'].reason}=Fine"]);
    expect(await ready(both, conditions("True"))).toBe(false);
    expect(await ready(both, conditions("True", { reason: "Fine" }))).toBe(true);
  });

  test("refuses what it cannot read", () => {
    expect(() => waitFor("Ready")).toThrow('expected a "jsonpath=" or "condition=" prefix');
    expect(() => waitFor("jsonpath=.status")).toThrow("format should be {.path}=value or {.path}");
    expect(() => waitFor("jsonpath={.status[}")).toThrow();
    expect(() => waitFor("[]")).toThrow("at least one condition");
  });
});
