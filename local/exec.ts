import { spawn } from "node:child_process";
import type { SpawnOptions } from "node:child_process";
import { Refusal } from "./log.ts";

/** How a command is run. */
export interface RunArgs {
  /** Working directory; default: that of this process. */
  cwd?: string;
  /** Variables set on top of this process's environment. */
  env?: Record<string, string>;
  /** Text for the command's standard input. */
  input?: string;
  /** The command is killed and refused after so many seconds; default 60. */
  timeoutSeconds?: number;
}

/** What a command that ended has said. */
export interface Outcome {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, whatever its exit code. A command that cannot be started or outlasts its time is a {@link Refusal}. */
export function outcome(command: string, args: readonly string[], options: RunArgs = {}): Promise<Outcome> {
  const { timeoutSeconds = 60, input, cwd, env } = options;
  const line = [command, ...args].join(" ");
  const spawnOptions: SpawnOptions = {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, spawnOptions);
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Refusal(`${line}: not finished after ${String(timeoutSeconds)} s`));
    }, timeoutSeconds * 1000);
    const texts = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (texts.stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (texts.stderr += chunk));
    child.stdin?.on("error", () => undefined).end(input);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new Refusal(`${line}: cannot be started: ${error.message}`));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, ...texts });
    });
  });
}

/** Runs a command and returns its standard output; a failure is a {@link Refusal} with the end of what the command said. */
export async function run(command: string, args: readonly string[], options: RunArgs = {}): Promise<string> {
  const { code, stdout, stderr } = await outcome(command, args, options);
  if (code === 0) return stdout;
  const said = lastLines(stderr || stdout, 20);
  throw new Refusal(`${[command, ...args].join(" ")}: exit ${String(code ?? "by signal")}${said && `\n${said}`}`);
}

/** The last lines of a text, without trailing blank ones. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
