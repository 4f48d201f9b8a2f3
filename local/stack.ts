import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { pulumi, type PulumiOptions } from "./engine/pulumi.ts";
import { Refusal, step } from "./log.ts";
import { stateDir } from "./paths.ts";

/** The stack that `npm run local` works on. */
export const STACK = "local";

const checkout = join(import.meta.dirname, "..");
const folder = join(stateDir, "pulumi", "project");
/** Stack configuration with the kubeconfig: beside the state, so that the checkout stays as it was committed. */
export const configFile = join(folder, `Pulumi.${STACK}.yaml`);

const ofStack = ["--stack", STACK];
const configured = [...ofStack, "--config-file", configFile];

/** Stack configuration in its file's form, as far as it is rewritten here. */
interface StackFile {
  config: Record<string, unknown>;
  encryptionsalt?: string;
}

/** What to run the stack on. */
export interface StackArgs {
  /** Content of the cluster's kubeconfig. */
  kubeconfig: string;
  /** Keys of `database` over those of Pulumi.local.yaml. */
  database?: Record<string, unknown>;
}

/** Creates the stack where it is missing, and writes its configuration anew from Pulumi.local.yaml. */
export async function prepareStack({ kubeconfig, database }: StackArgs): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(join(checkout, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  // In a folder of its own: creating a stack writes the encryption salt into the stack file beside Pulumi.yaml.
  if (!(await exists())) await must(["stack", "init", STACK], { cwd: folder });
  const { encryptionsalt } = readStackFile(configFile);
  const { config } = readStackFile(join(checkout, `Pulumi.${STACK}.yaml`));
  const key = "hcloud-postgres:database";
  const settings = { ...(config[key] as object), ...database };
  const file: StackFile = {
    ...(encryptionsalt !== undefined && { encryptionsalt }),
    config: { ...config, [key]: settings },
  };
  writeFileSync(configFile, stringify(file), { mode: 0o600 });
  await must(["config", "set", "--secret", "kubeconfig", ...configured], { input: kubeconfig });
}

/** Shows what `up` would do; refused when the program or a gate says no. */
export async function preview(): Promise<void> {
  step("pulumi preview");
  await must(["preview", ...configured], { show: true });
}

/** Brings the stack up. */
export async function up(): Promise<void> {
  step("pulumi up");
  await must(["up", "--yes", "--skip-preview", ...configured], { show: true });
}

/** Deletes what the stack made in the cluster, then the stack. */
export async function destroy(): Promise<void> {
  step("pulumi destroy");
  await must(["destroy", "--yes", "--skip-preview", ...configured], { show: true });
  await forget();
}

/** Removes the stack and its configuration, and nothing in any cluster. */
export async function forget(): Promise<void> {
  if (await exists()) await must(["stack", "rm", STACK, "--yes", "--force", "--preserve-config"]);
  rmSync(folder, { recursive: true, force: true });
}

/** kube-system UID of the cluster that the state speaks of; undefined where there is none. */
export async function clusterOfState(): Promise<string | undefined> {
  if (!(await exists())) return undefined;
  const { deployment } = JSON.parse(await must(["stack", "export", ...ofStack])) as {
    deployment: { resources?: { type: string; inputs?: { clusterIdentifier?: string } }[] };
  };
  const provider = deployment.resources?.find(({ type }) => type === "pulumi:providers:kubernetes");
  return provider?.inputs?.clusterIdentifier;
}

/** Kubeconfig that the stack was last brought up with; undefined where there is no stack. */
export async function kubeconfigOfStack(): Promise<string | undefined> {
  if (!existsSync(configFile) || !(await exists())) return undefined;
  return must(["config", "get", "kubeconfig", ...configured]);
}

async function exists(): Promise<boolean> {
  const stacks = JSON.parse(await must(["stack", "ls", "--json"])) as { name: string }[];
  return stacks.some(({ name }) => name === STACK);
}

async function must(args: string[], options: PulumiOptions = {}): Promise<string> {
  const { code, stdout } = await pulumi(args, { cwd: checkout, ...options });
  if (code !== 0) throw new Refusal(`pulumi ${args[0] ?? ""} failed: see above`);
  return stdout;
}

function readStackFile(file: string): StackFile {
  return existsSync(file) ? (parse(readFileSync(file, "utf8")) as StackFile) : { config: {} };
}
