import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../kube/wait.ts";
import { Sandbox } from "./sandbox.ts";

const project = `name: sandbox
runtime: { name: nodejs, options: { typescript: false } }
config:
  greeting: { type: string, default: hello }
  target: { type: string, default: world }
`;

const program = `import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
const config = new pulumi.Config();
const password = new random.RandomPassword("password", { length: config.getNumber("length") ?? 20 });
export const greeting: string = config.require("greeting") + " " + config.require("target");
export const stack: string = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
export const node: string = process.version;
export const secret = password.result;
`;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create({ "Pulumi.yaml": project, "index.ts": program });
});

afterEach(() => {
  sandbox.remove();
});

async function expectSuccess(...args: string[]): Promise<string> {
  const { code, stdout } = await sandbox.pulumi(...args);
  expect(code, stdout).toBe(0);
  return stdout;
}

test("a stack lives: preview, up, no changes, refresh, export, destroy", async () => {
  const preview = await sandbox.preview(program);
  expect(preview.changeSummary).toEqual({ create: 2 });
  await expectSuccess("up", "--yes", "--skip-preview");
  await expectSuccess("up", "--yes", "--skip-preview", "--expect-no-changes");
  await expectSuccess("refresh", "--yes", "--skip-preview", "--expect-no-changes");

  const { secret, ...outputs } = await sandbox.outputs();
  expect(outputs).toEqual({
    greeting: "hello world",
    stack: "organization/sandbox/test",
    node: process.version,
  });
  expect(secret).toMatch(/^.{20}$/);
  expect((await sandbox.resources()).map(({ type }) => type).sort()).toEqual([
    "pulumi:providers:random",
    "pulumi:pulumi:Stack",
    "random:index/randomPassword:RandomPassword",
  ]);
  expect(await expectSuccess("stack", "export")).not.toContain(String(secret));

  await expectSuccess("destroy", "--yes", "--skip-preview");
  expect(await sandbox.resources()).toEqual([]);
});

test("configuration of the stack comes before the project's defaults, secrets included", async () => {
  await expectSuccess("config", "set", "greeting", "good bye");
  await expectSuccess("config", "set", "--secret", "target", "moon");
  expect(readFileSync(join(sandbox.folder, "Pulumi.test.yaml"), "utf8")).not.toContain("moon");
  await expectSuccess("up", "--yes", "--skip-preview");
  expect(await sandbox.outputs()).toMatchObject({ greeting: "good bye moon" });
});

describe("an error in the program", () => {
  const failing = (statement: string) => `import * as pulumi from "@pulumi/pulumi";\n${statement}`;

  test("that is written for people is shown as it is, without a stack", async () => {
    sandbox.write({ "index.ts": failing(`throw new pulumi.RunError("the cluster is not there");`) });
    const { code, stdout } = await sandbox.pulumi("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("error: the cluster is not there");
    expect(stdout).not.toMatch(/^\s+at /m);
    expect(stdout).not.toContain("exit code");
  });

  test("that is a bug is shown with the line where it happened", async () => {
    sandbox.write({
      "index.ts": failing(`const settings = undefined as unknown as { name: string };\nsettings.name;`),
    });
    const { code, stdout } = await sandbox.pulumi("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("failed with an unhandled exception");
    expect(stdout).toContain("Cannot read properties of undefined (reading 'name')");
    expect(stdout).toContain("index.ts:3");
    expect(stdout).not.toContain("exit code");
  });

  test("and its own way to end are told apart", async () => {
    sandbox.write({ "index.ts": failing(`process.exit(7);`) });
    const { code, stdout } = await sandbox.pulumi("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("Program exited with non-zero exit code: 7");
  });

  test("a missing SDK is named", async () => {
    rmSync(join(sandbox.folder, "node_modules"));
    const { code, stdout } = await sandbox.pulumi("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("It looks like the Pulumi SDK has not been installed");
  });
});

test("what the program prints is shown", async () => {
  sandbox.write({ "index.ts": `console.log("to stdout");\nconsole.error("to stderr");\nexport const done = true;` });
  const stdout = await expectSuccess("preview");
  expect(stdout).toContain("to stdout");
  expect(stdout).toContain("to stderr");
});

test("an interrupt ends the program, and leaves no process behind", async () => {
  const pidFile = join(sandbox.folder, "pid");
  sandbox.write({
    "index.ts": `import { writeFileSync } from "node:fs";
writeFileSync("pid", String(process.pid));
await new Promise((done) => setTimeout(done, 600_000));`,
  });
  const main = join(import.meta.dirname, "..", "..", "local", "engine", "main.ts");
  const child = spawn(process.execPath, [main, "preview", "--non-interactive"], {
    cwd: sandbox.folder,
    env: { ...process.env, ...sandbox.env },
    stdio: "ignore",
  });
  await until("the program", () => Promise.resolve(existsSync(pidFile) || undefined), { seconds: 60 });
  const pid = readFileSync(pidFile, "utf8");
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).not.toBe(0);
  const gone = () => Promise.resolve(existsSync(`/proc/${pid}`) ? undefined : true);
  await until("the end of the program", gone, { seconds: 10 });
});

describe("a policy pack", () => {
  const pack = (level: string) => ({
    "pack/PulumiPolicy.yaml": "runtime: nodejs\n",
    "pack/package.json": '{ "name": "tiny", "version": "0.0.1", "main": "index.cjs" }',
    "pack/index.cjs": `const { PolicyPack } = require("@pulumi/policy");
const pulumi = require("@pulumi/pulumi");
new PolicyPack("tiny", {
  policies: [
    {
      name: "long-passwords",
      description: "Passwords have at least 24 characters.",
      enforcementLevel: ${JSON.stringify(level)},
      validateResource: ({ type, props }, report) => {
        if (!type.includes("RandomPassword") || props.length >= 24) return;
        const target = new pulumi.Config("sandbox").get("target");
        report(\`\${props.length} characters in \${pulumi.getStack()} for \${target}, dry run: \${pulumi.runtime.isDryRun()}\`);
      },
    },
  ],
});
`,
  });

  test("sees every resource and the stack's configuration, and stops what it forbids", async () => {
    sandbox.write(pack("mandatory"));
    const refused = await sandbox.pulumi("preview", "--policy-pack", "pack");
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("long-passwords");
    expect(refused.stdout).toContain("20 characters in test for world, dry run: true");
    const up = await sandbox.up(undefined, "--policy-pack", "pack");
    expect(up.code).not.toBe(0);
    expect((await sandbox.resources()).map(({ type }) => type)).not.toContain(
      "random:index/randomPassword:RandomPassword",
    );

    await expectSuccess("config", "set", "length", "24");
    await expectSuccess("up", "--yes", "--skip-preview", "--policy-pack", "pack");
  });

  test("that only advises does not stop", async () => {
    sandbox.write(pack("advisory"));
    const stdout = await expectSuccess("up", "--yes", "--skip-preview", "--policy-pack", "pack");
    expect(stdout).toContain("20 characters in test for world, dry run: false");
  });

  test("that cannot start says why", async () => {
    sandbox.write({ ...pack("mandatory"), "pack/index.cjs": `throw new Error("this pack is broken");` });
    const { code, stdout } = await sandbox.pulumi("preview", "--policy-pack", "pack");
    expect(code).not.toBe(0);
    expect(stdout).toContain("this pack is broken");
  });
});
