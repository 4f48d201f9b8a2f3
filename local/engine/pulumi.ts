import { spawn } from "node:child_process";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { cacheDir } from "../paths.ts";
import { tool } from "../toolchain.ts";
import { backendVariables } from "./backend.ts";
import { homeVariables } from "./home.ts";
import { installedPulumi } from "./installed.ts";
import { standInFolders } from "./plugins.ts";
import { serverFolder } from "./servers.ts";

/** A Pulumi command line, ready to be run. */
export interface Command {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** How a Pulumi command is run by a script. */
export interface PulumiOptions {
  /** Folder of the project; default: the working directory. */
  cwd?: string;
  /** Variables on top of this process's own. */
  env?: Record<string, string>;
  /** What the command reads on standard input; nothing when left out. */
  input?: string;
  /** Shows the command's standard output on stderr instead of answering it: progress for people. */
  show?: boolean;
}

/** What a Pulumi command left behind; its progress and errors have gone to stderr. */
export interface PulumiResult {
  /** Exit code. */
  code: number;
  stdout: string;
}

const root = join(import.meta.dirname, "..", "..");
/** The project's own Node.js: an older one on the machine could not run its programs. */
const nodeFolder = join(root, "node_modules", ".bin");
const languageHost = join(import.meta.dirname, "bin", "pulumi-language-nodejs");

/** The user's own Pulumi, left as it is, where there is one; else the engine built from local/tools with its parts around it. */
export async function pulumiCommand(args: string[], user: NodeJS.ProcessEnv = process.env): Promise<Command> {
  const path = user["PATH"] ?? "";
  const installed = installedPulumi(path);
  if (installed !== undefined) {
    return { file: installed, args, env: environment(user, { PATH: [nodeFolder, path].join(delimiter) }) };
  }
  const file = await tool("pulumi");
  putBeside(file, "pulumi-language-nodejs", '#!/bin/sh\nexec "$HCLOUD_POSTGRES_LANGUAGE_HOST" "$@"\n');
  const settings = {
    ...backendVariables(user),
    ...homeVariables(user),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    HCLOUD_POSTGRES_LANGUAGE_HOST: languageHost,
    HCLOUD_POSTGRES_SERVERS: await serverFolder(),
  };
  const base = environment(user, settings);
  const standIns = await standInFolders(args, file, base);
  return { file, args, env: { ...base, PATH: [nodeFolder, ...standIns, path].join(delimiter) } };
}

/** Runs Pulumi to its end, for scripts: `pulumi(["preview", "--json"])`. */
export async function pulumi(args: string[], options: PulumiOptions = {}): Promise<PulumiResult> {
  const command = await pulumiCommand(args, { ...process.env, ...options.env });
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.args, {
      cwd: options.cwd ?? process.cwd(),
      env: command.env,
      stdio: ["pipe", options.show === true ? process.stderr : "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stdin?.on("error", () => undefined).end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout });
    });
  });
}

/** Pulumi looks for its language host beside itself, and complains about one that it finds on PATH only. */
function putBeside(binary: string, name: string, script: string): void {
  const file = join(dirname(binary), name);
  if (existsSync(file)) return;
  const unfinished = `${file}.${String(process.pid)}`;
  writeFileSync(unfinished, script, { mode: 0o755 });
  renameSync(unfinished, file);
}

/** Programs, plugins and policy packs are processes of Node.js that load the same modules each time: compiled once for all. */
export const compiled = { NODE_COMPILE_CACHE: join(cacheDir, "compiled") };

function environment(user: NodeJS.ProcessEnv, more: Record<string, string>): Record<string, string> {
  const set = Object.entries(user).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...compiled, ...Object.fromEntries(set), ...more };
}
