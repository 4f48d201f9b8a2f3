import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumi, type PulumiResult } from "../../local/engine/pulumi.ts";
import { inTurn } from "./turns.ts";

/** Content of the kubeconfig of the API server under test: that of the bare node, unless a file of another is named. */
export async function testKubeconfig(): Promise<string> {
  const named = process.env["HCLOUD_POSTGRES_TEST_KUBECONFIG"];
  if (named !== undefined) return readFileSync(named, "utf8");
  const node = await import("../../local/node/index.ts");
  const { kubeconfig } = await inTurn(() => node.up());
  return readFileSync(kubeconfig, "utf8");
}

/** What every sandbox starts as a copy of: to make a stack takes the engine half a second. */
let emptyStack: Promise<Sandbox> | undefined;

async function withEmptyStack(sandbox: Sandbox): Promise<Sandbox> {
  process.once("exit", () => {
    sandbox.remove();
  });
  mkdirSync(join(sandbox.folder, "backend"));
  sandbox.write({
    "Pulumi.yaml": "name: sandbox\nruntime: { name: nodejs, options: { typescript: false } }\n",
    "package.json": '{ "type": "module" }',
  });
  await sandbox.pulumi("stack", "init", "test");
  return sandbox;
}

/** A Pulumi project in a temporary folder, with a backend of its own and stack `test`. */
export class Sandbox {
  readonly folder: string;
  /** Variables that point Pulumi to the sandbox's backend and stack. */
  readonly env: Record<string, string>;

  private constructor(folder: string) {
    this.folder = folder;
    this.env = {
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_STACK: "test",
    };
  }

  static async create(files: Record<string, string> = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(mkdtempSync(join(tmpdir(), "pulumi-sandbox-")));
    emptyStack ??= withEmptyStack(new Sandbox(mkdtempSync(join(tmpdir(), "pulumi-empty-"))));
    cpSync((await emptyStack).folder, sandbox.folder, { recursive: true });
    symlinkSync(join(import.meta.dirname, "..", "..", "node_modules"), join(sandbox.folder, "node_modules"));
    sandbox.write(files);
    return sandbox;
  }

  write(files: Record<string, string>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(this.folder, name, ".."), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
  }

  pulumi(...args: string[]): Promise<PulumiResult> {
    return pulumi([...args, "--non-interactive"], { cwd: this.folder, env: this.env });
  }

  /** `pulumi up` of a program. */
  up(program?: string, ...args: string[]): Promise<PulumiResult> {
    if (program !== undefined) this.write({ "index.ts": program });
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** `pulumi preview` of a program, as the engine's JSON tells it. */
  async preview(program: string, ...args: string[]): Promise<Preview> {
    this.write({ "index.ts": program });
    return JSON.parse((await this.pulumi("preview", "--json", ...args)).stdout) as Preview;
  }

  /** Every resource of the stack's state, secrets still encrypted. */
  async resources(): Promise<Resource[]> {
    const { stdout } = await this.pulumi("stack", "export");
    return (JSON.parse(stdout) as { deployment: { resources?: Resource[] } }).deployment.resources ?? [];
  }

  /** The outputs of the stack, in clear. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi("stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** One resource in the state of a stack. */
export interface Resource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
}

/** What `preview --json` says, as far as the tests read it. */
export interface Preview {
  steps?: {
    op: string;
    urn: string;
    replaceReasons?: string[];
    detailedDiff?: Record<string, { kind: string }> | null;
  }[];
  diagnostics?: { message: string; severity: string }[];
  changeSummary?: Record<string, number>;
}
