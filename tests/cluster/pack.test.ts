import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { KubeClient } from "../../kube/client.ts";
import type { ObjectRef } from "../../kube/objects.ts";
import { deleteAndWait } from "../../kube/wait.ts";
import { releaseObjects } from "../../components/operator/manifest.ts";
import { pulumiCommand } from "../../local/engine/pulumi.ts";
import { outcome } from "../../local/exec.ts";
import { bundle } from "../../policy/build.ts";
import { checkCommand, type CheckResult } from "../../policy/cli/check.ts";
import type { KubeObject as Judged } from "../../policy/analysis/objects.ts";
import type { Resource } from "../../policy/analysis/resources.ts";
import { rules } from "../../policy/rules/index.ts";
import type { Rule } from "../../policy/rules/rule.ts";
import { badExample } from "../policy/rules/examples.ts";
import { Sandbox, testKubeconfig } from "./sandbox.ts";

const pack = join(import.meta.dirname, "..", "..", "policy");
const NAMESPACE = "example";
const dependant: ObjectRef = { apiVersion: "v1", kind: "ConfigMap", namespace: NAMESPACE, name: "dependant" };

/**
 * Registers what a file holds, and something that depends on all of it. A component stands for each resource whose plugin is
 * not here, or that the API server need not take: the pack sees type and properties, as the engine sends them, all the same.
 */
const program = `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
const { kubeconfig, resources } = JSON.parse(readFileSync("resources.json", "utf8"));
class StandIn extends pulumi.ComponentResource {
  constructor(type, name, properties) {
    super(type, name, properties);
    this.registerOutputs(properties);
  }
}
const provider = kubeconfig && new pulumi.ProviderResource("kubernetes", "cluster", { kubeconfig: pulumi.secret(kubeconfig) });
const made = resources.map(({ type, name, properties }) =>
  provider && /^kubernetes:(?!helm\\.sh)/.test(type)
    ? new pulumi.CustomResource(type, name, properties, { provider })
    : new StandIn(type, name, properties),
);
const metadata = ${JSON.stringify({ name: dependant.name, namespace: NAMESPACE })};
const notes = { apiVersion: "v1", kind: "ConfigMap", metadata };
if (provider) new pulumi.CustomResource("kubernetes:core/v1:ConfigMap", "dependant", notes, { provider, dependsOn: made });
`;

let kubeconfig: string;
let client: KubeClient;

/** What the engine made of an example: how it ended, what it said, and what the API server has of it. */
interface Refusal {
  code: number | null;
  said: string;
  left: string[];
}
const refusals = new Map<string, Refusal>();

beforeAll(async () => {
  kubeconfig = await testKubeconfig();
  client = new KubeClient(kubeconfig);
  await bundle();
  const kinds = await ownKinds();
  await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  // As many at once as a small machine has cores.
  const queue = [...rules];
  await Promise.all([refuse(queue), refuse(queue)]);
  return async () => {
    await deleteAndWait(client, { apiVersion: "v1", kind: "Namespace", name: NAMESPACE }, { seconds: 120 });
    for (const kind of kinds) await client.delete(kind);
  };
}, 600_000);

/** CloudNativePG's kinds, where the API server does not have them: without them it could not have the objects either. */
async function ownKinds(): Promise<ObjectRef[]> {
  const definitions = releaseObjects().filter(({ kind }) => kind === "CustomResourceDefinition");
  const made: ObjectRef[] = [];
  for (const definition of definitions) {
    const { apiVersion, kind, metadata } = definition;
    const ref = { apiVersion, kind, name: metadata.name ?? "" };
    if (await client.get(ref)) continue;
    await client.apply(definition);
    made.push(ref);
  }
  return made;
}

async function refuse(queue: Rule[]): Promise<void> {
  const sandbox = await Sandbox.create();
  try {
    for (let rule = queue.shift(); rule !== undefined; rule = queue.shift()) {
      const resources = badExample(rule.name);
      const configuration = { all: "disabled", [rule.name]: "mandatory" };
      const refusal = await (rule.scope === "stack"
        ? run(sandbox, { resources, configuration }, "preview")
        : run(sandbox, { resources, configuration, kubeconfig }, "up", "--yes", "--skip-preview"));
      refusals.set(rule.name, { ...refusal, left: rule.scope === "stack" ? [] : await present(resources) });
    }
  } finally {
    sandbox.remove();
  }
}

interface Run {
  readonly resources: readonly Resource[];
  readonly configuration: object;
  readonly kubeconfig?: string;
}

/** Runs the engine with the pack, and answers how it ended and everything that it said. */
async function run(sandbox: Sandbox, { resources, configuration, kubeconfig: of }: Run, ...command: string[]) {
  const registered = resources.map(({ type, properties }, index) => ({ type, name: `r${String(index)}`, properties }));
  sandbox.write({
    "index.ts": program,
    "rules.json": JSON.stringify(configuration),
    "resources.json": JSON.stringify({ kubeconfig: of, resources: registered }),
  });
  const judged = ["--policy-pack", pack, "--policy-pack-config", join(sandbox.folder, "rules.json")];
  const asked = [...command, ...judged, "--non-interactive"];
  const { file, args, env } = await pulumiCommand(asked, { ...process.env, ...sandbox.env });
  const { code, stdout, stderr } = await outcome(file, args, { cwd: sandbox.folder, env, timeoutSeconds: 120 });
  return { code, said: stdout + stderr };
}

/** Which of the objects the API server has, and of what depends on them. */
async function present(resources: readonly Resource[]): Promise<string[]> {
  const refs = [...resources.flatMap(({ objects }) => objects).map(refOf), dependant];
  const found = await Promise.all(
    refs.map(async (ref) => ((await client.get(ref)) ? [`${ref.kind} ${ref.name ?? ""}`] : [])),
  );
  return found.flat();
}

function refOf({ apiVersion, kind, namespace, name }: Judged): ObjectRef {
  return { apiVersion, kind, name, ...(namespace !== "" && { namespace }) };
}

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, { scope, url }) => {
  test(scope === "stack" ? "refuses the preview" : "lets neither the object nor its dependants be made", () => {
    const { code, said, left } = refusals.get(name) ?? { code: 0, said: "", left: [] };
    expect(code, said).not.toBe(0);
    expect(said).toContain(`${name}  (`);
    expect(left).toEqual([]);
  });

  test("says what to write instead, and where the reason stands", () => {
    const { said = "" } = refusals.get(name) ?? {};
    expect(said).toContain("Fix: ");
    expect(said).toContain(url);
  });
});

describe("without its rule", () => {
  const [rule] = rules.filter(({ scope }) => scope === "object");
  const resources = badExample(rule?.name ?? "");

  test("the same object is made, and what depends on it", async () => {
    const sandbox = await Sandbox.create();
    try {
      const off = { resources, configuration: { all: "disabled" }, kubeconfig };
      const { code, said } = await run(sandbox, off, "up", "--yes", "--skip-preview");
      expect(code, said).toBe(0);
      expect(await present(resources)).toHaveLength(resources.length + 1);
      const { stdout: state } = await sandbox.pulumi("stack", "export");
      expect(await analyzed(sandbox, state)).toEqual(checked(sandbox, state));
      await sandbox.pulumi("destroy", "--yes", "--skip-preview");
    } finally {
      sandbox.remove();
    }
  });
});

test("pulumi policy analyze finds in a state of all examples what guard check finds", async () => {
  const sandbox = await Sandbox.create();
  try {
    const state = JSON.stringify({ version: 3, deployment: { resources: rules.flatMap(({ name }) => stored(name)) } });
    const found = await analyzed(sandbox, state);
    // What is wrong by a stack rule alone may be right with the other examples beside it.
    const preventing = rules.filter(({ scope }) => scope !== "stack").map(({ name }) => name);
    expect(found.map(([rule]) => rule)).toEqual(expect.arrayContaining(preventing));
    expect(found).toEqual(checked(sandbox, state));
  } finally {
    sandbox.remove();
  }
});

function stored(rule: string): object[] {
  return badExample(rule).map(({ type, properties, protect }, index) => ({
    urn: `urn:pulumi:test::sandbox::${type}::${rule}-${String(index)}`,
    ...{ type, custom: true, id: `${rule}-${String(index)}`, inputs: properties, outputs: properties },
    ...(protect === true && { protect }),
  }));
}

type Found = readonly [rule: string, message: string];

async function analyzed(sandbox: Sandbox, state: string): Promise<Found[]> {
  sandbox.write({ "state.json": state });
  const { stdout } = await sandbox.pulumi("policy", "analyze", "--file", "state.json", "--policy-pack", pack, "--json");
  const events = stdout.split("\n").filter((line) => line.startsWith("{"));
  return events
    .map((line) => (JSON.parse(line) as { policyEvent?: { policyName: string; message: string } }).policyEvent)
    .flatMap((event) => (event === undefined ? [] : [[event.policyName, firstLine(event.message)] as const]))
    .sort();
}

/** The event's message starts with the description of the rule. */
function firstLine(message: string): string {
  return message.split("\n").find((line) => !rules.some(({ description }) => line.includes(description))) ?? "";
}

function checked(sandbox: Sandbox, state: string): Found[] {
  const file = join(sandbox.folder, "state.json");
  sandbox.write({ "state.json": state });
  const { report } = checkCommand([file], { format: "json", failOn: "mandatory" });
  const { findings } = report.data as CheckResult;
  return findings
    .map(({ rule, object, message }) => [rule, `${object === "stack" ? "" : `${object}: `}${message}`] as const)
    .sort();
}

describe("a wrong configuration", () => {
  test.each([
    [{ "pg-hba-close-last": "mandatory" }, "did you mean pg-hba-closed-last?"],
    [{ "lifelines-open": { engines: "k3s" } }, "did you mean engine?"],
    [{ "lifelines-open": { engine: "calico" } }, "lifelines-open"],
    [{ "lifelines-open": "remediate" }, 'expected "mandatory", "advisory" or "disabled"'],
    [{ "lifelines-open": "high" }, '"high" is not a valid enforcement level'],
  ])("%j is refused before anything is made", async (configuration, reason) => {
    const sandbox = await Sandbox.create();
    try {
      const given = { resources: [], configuration, kubeconfig };
      const { code, said } = await run(sandbox, given, "up", "--yes", "--skip-preview");
      expect(code).not.toBe(0);
      expect(said).toContain(reason);
      expect(await client.get(dependant)).toBeUndefined();
    } finally {
      sandbox.remove();
    }
  });
});
