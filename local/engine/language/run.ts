import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import { optionVariables, runtimeOptions } from "./options.ts";

/** How a program ended: `error` for the engine to show, `bail` where the program has already told the user. */
export interface Ending {
  error: string;
  bail: boolean;
}

/** The SDK's exit code for "the user has been told". */
const USER_TOLD = 32;
const CANCEL_GRACE_MS = 5_000;

/** Runs the program with the SDK found beside it; its output goes straight to the engine. */
export async function runProgram(request: RunRequest, engine: string, cancelled: AbortSignal): Promise<Ending> {
  const info = request.getInfo();
  const options = runtimeOptions(info);
  const script = sdkModule("@pulumi/pulumi/cmd/run", info?.getProgramDirectory() ?? ".", "pulumi install");
  const child = spawn(process.execPath, [...options.nodeargs, script, ...programArguments(request, engine)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...optionVariables(options), ...configVariables(request) },
  });
  const stop = () => {
    interrupt(child);
  };
  cancelled.addEventListener("abort", stop);
  try {
    return ending(await exitCode(child));
  } finally {
    cancelled.removeEventListener("abort", stop);
  }
}

/** The file of a module of the SDK, resolved from the folder of the program or policy pack. */
export function sdkModule(name: string, directory: string, install: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(`It looks like the Pulumi SDK has not been installed. Have you run ${install}?`, { cause: error });
  }
}

/** The command line of `@pulumi/pulumi/cmd/run`. */
export function programArguments(request: RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: info?.getProgramDirectory() ?? "",
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

function configVariables(request: RunRequest): Record<string, string> {
  const config = Object.fromEntries(
    request
      .getConfigMap()
      .toArray()
      .map(([key, value]) => [longKey(key), value]),
  );
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** The SDK expects `package:config:name` for what the engine calls `package:name`. */
export function longKey(key: string): string {
  return key.replace(/^([^:]+):(?:config:)?/, "$1:config:");
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      reject(new Error(`Problem executing program (could not run language executor): ${error.message}`));
    });
    child.on("exit", resolve);
  });
}

function ending(code: number | null): Ending {
  if (code === 0) return { error: "", bail: false };
  if (code === USER_TOLD) return { error: "", bail: true };
  return { error: `Program exited with non-zero exit code: ${String(code ?? -1)}`, bail: false };
}

function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), CANCEL_GRACE_MS).unref();
}
