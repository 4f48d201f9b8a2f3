import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { runStack } from "../../unit/program/stack.ts";
import { PackProcess, type Level, type Said, type Sent } from "./process.ts";

const policy = join(import.meta.dirname, "..", "..", "..", "policy");

let pack: PackProcess;

beforeAll(async () => {
  pack = await PackProcess.start(policy);
  return () => pack.stop();
}, 60_000);

/** Configures the pack as the engine does for a profile. */
async function use(profile: string): Promise<void> {
  type Given = string | { enforcementLevel?: string };
  const given = JSON.parse(readFileSync(join(policy, "profiles", `${profile}.json`), "utf8")) as Record<string, Given>;
  const levelOf = (of: Given | undefined) => (typeof of === "string" ? of : of?.enforcementLevel);
  const policies = (await pack.info()).getPoliciesList();
  const configured = policies.map((one) => {
    const own = given[one.getName()];
    const properties = typeof own === "object" ? { ...own, enforcementLevel: undefined } : {};
    const level = (levelOf(own) ?? levelOf(given["all"]) ?? "mandatory").toUpperCase() as Level;
    return [one.getName(), { level, properties }] as const;
  });
  await pack.configure(Object.fromEntries(configured));
}

async function judged(stack: string, preview: boolean, config: Record<string, unknown> = {}): Promise<Said[]> {
  const resources: Sent[] = (await runStack(stack, { preview, config })).map(({ inputs, ...resource }) => ({
    ...resource,
    properties: inputs,
  }));
  expect(resources.length).toBeGreaterThan(10);
  const one = await Promise.all(resources.map((resource) => pack.analyze(resource)));
  return [...one.flat(), ...(await pack.analyzeStack(resources))];
}

/** User data holds keys that are still to be made: no first preview knows it. */
function isDecidedAtUp({ policy, level, message }: Said): boolean {
  const rules = ["network-policy-enforced", "no-secrets-in-worker-user-data"];
  return level === "ADVISORY" && rules.includes(policy) && message.includes("string value at .userData can't be known");
}

test.each([
  ["production", "production"],
  ["examples/hetzner-arm64", "production"],
  ["examples/hetzner-small", "development"],
  ["staging", "development"],
  ["local", "development"],
])(
  "stack %s gives no finding with profile %s, in its first preview neither",
  async (stack, profile) => {
    await use(profile);
    const first = await judged(stack, true);
    expect(first.filter((one) => !isDecidedAtUp(one))).toEqual([]);
    const makesServers = stack === "production" || stack.startsWith("examples/");
    expect(first.some(isDecidedAtUp)).toBe(makesServers);
    expect(await judged(stack, false)).toEqual([]);
  },
  120_000,
);

test("a client with a certificate gives no finding with profile production", async () => {
  await use("production");
  const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
  const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp") };
  const batch = { name: "batch", role: "batch", database: "app", auth: "cert", workloads: workload("batch") };
  expect(await judged("production", false, { clients: [app, batch] })).toEqual([]);
}, 120_000);

test.each([
  ["refused", "production", "MANDATORY"],
  ["reported", "development", "ADVISORY"],
])(
  "a stack that only observes is %s with profile %s",
  async (_what, profile, level) => {
    await use(profile);
    const said = await judged("production", false, { mode: "observe" });
    const open = ["database-pods-isolated", "only-declared-sources", "pg-hba-closed-last"];
    expect([...new Set(said.map(({ policy: rule }) => rule))].sort()).toEqual(open);
    expect(new Set(said.map((one) => one.level))).toEqual(new Set([level]));
  },
  120_000,
);
test("neither do clients of every kind", async () => {
  const file = readFileSync(join(policy, "..", "examples", "clients.yaml"), "utf8");
  const { config } = parse(file) as { config: Record<string, unknown> };
  const keys = Object.entries(config).map(([key, value]) => [key.replace("hcloud-postgres:", ""), value]);
  await use("production");
  for (const preview of [true, false]) {
    const said = await judged("production", preview, Object.fromEntries(keys) as Record<string, unknown>);
    expect(said.filter((one) => !isDecidedAtUp(one))).toEqual([]);
  }
}, 120_000);
