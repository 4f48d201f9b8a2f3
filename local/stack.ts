import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { KubeClient } from "../kube/client.ts";
import { bundle } from "../policy/build.ts";
import { breakStaleLocks } from "./engine/backend.ts";
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
const pack = join(checkout, "policy");
const judged = ["--policy-pack", pack, "--policy-pack-config", join(pack, "profiles", "development.json")];

/** Stack configuration in its file's form, as far as it is rewritten here. */
interface StackFile {
  config: Record<string, unknown>;
  encryptionsalt?: string;
}

/** What to run the stack on. */
export interface StackArgs {
  /** Content of the cluster's kubeconfig. */
  kubeconfig: string;
  /** Settings over those of Pulumi.local.yaml; objects are merged key by key. */
  config?: Readonly<Record<string, unknown>>;
}

/** Creates the stack where it is missing, writes its configuration anew from Pulumi.local.yaml, and builds the pack that judges it. */
export async function prepareStack({ kubeconfig, config = {} }: StackArgs): Promise<void> {
  await bundle();
  breakStaleLocks(STACK);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(join(checkout, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  // In a folder of its own: creating a stack writes the encryption salt into the stack file beside Pulumi.yaml.
  if (!(await exists())) await must(["stack", "init", STACK], { cwd: folder });
  const { encryptionsalt } = readStackFile(configFile);
  const committed = readStackFile(join(checkout, `Pulumi.${STACK}.yaml`)).config;
  const merged = { ...committed };
  for (const [name, value] of Object.entries(config)) {
    const key = `hcloud-postgres:${name}`;
    const old = committed[key];
    merged[key] = isPlain(old) && isPlain(value) ? { ...old, ...value } : value;
  }
  const file: StackFile = { ...(encryptionsalt !== undefined && { encryptionsalt }), config: merged };
  writeFileSync(configFile, stringify(file), { mode: 0o600 });
  await must(["config", "set", "--secret", "kubeconfig", ...configured], { input: kubeconfig });
}

/** Shows what `up` would do; refused when the program, a gate or a rule of the policy pack says no. */
export async function preview(): Promise<void> {
  step("pulumi preview, judged by the policy pack (profile development)");
  await must(["preview", ...configured, ...judged], { show: true });
}

/** Brings the stack up, judged again: now with the values that a preview does not know. */
export async function up(): Promise<void> {
  step("pulumi up, judged by the policy pack");
  await must(["up", "--yes", "--skip-preview", ...configured, ...judged], { show: true });
}

/** Deletes what the stack made in the cluster, then the stack. */
export async function destroy(): Promise<void> {
  step("pulumi destroy");
  await must(["destroy", "--yes", "--skip-preview", ...configured], { show: true });
  await forget();
}

/** Removes the stack and its configuration, and nothing in any cluster. */
export async function forget(): Promise<void> {
  breakStaleLocks(STACK);
  if (await exists()) await must(["stack", "rm", STACK, "--yes", "--force", "--preserve-config", "--remove-backups"]);
  rmSync(folder, { recursive: true, force: true });
}

/** Drops a state that speaks of a cluster we made and that is gone: it has nothing left to say. */
export async function forgetLostCluster(client: KubeClient): Promise<void> {
  const before = await clusterOfState();
  if (before === undefined) return;
  const system = await client.get({ apiVersion: "v1", kind: "Namespace", name: "kube-system" });
  if (system?.metadata.uid === before) return;
  step(`the state is of a cluster that is gone (kube-system ${before}): starting anew`);
  await forget();
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

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readStackFile(file: string): StackFile {
  return existsSync(file) ? (parse(readFileSync(file, "utf8")) as StackFile) : { config: {} };
}
