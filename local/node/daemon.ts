import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines } from "../exec.ts";
import { Refusal, step } from "../log.ts";
import { daemonCgroup, daemonCgroups, processesIn } from "./cgroups.ts";
import { paths } from "./layout.ts";
import { insideNode } from "./namespaces.ts";

/** A long-running program of the node. */
export interface Daemon {
  name: string;
  /** Path of its binary. */
  binary: string;
  args: string[];
  /** Content of the configuration it reads at start: a change restarts it. */
  config?: string;
}

/** Starts the daemon unless it already runs as it should; one that runs with other arguments is replaced. */
export async function ensureRunning(daemon: Daemon): Promise<void> {
  const recorded = record(daemon.name);
  if (recorded !== undefined && recorded.digest === digest(daemon)) return;
  await stop(daemon.name);
  step(`starting ${daemon.name}`);
  await launch(daemon);
}

/** Process id of the daemon; undefined when it does not run. */
export function pidOf(daemon: string): number | undefined {
  return record(daemon)?.pid;
}

/** Asks the daemon to end, and ends it after 10 s. */
export async function stop(daemon: string): Promise<void> {
  const pid = pidOf(daemon);
  if (pid === undefined) return;
  const polite = 100;
  for (let attempt = 0; pidOf(daemon) === pid; attempt++) {
    if (attempt === 0 || attempt === polite) kill(pid, attempt === 0 ? "SIGTERM" : "SIGKILL");
    if (attempt > 2 * polite) throw new Refusal(`${daemon} (pid ${String(pid)}): does not end, not even killed`);
    await sleep(100);
  }
}

/**
 * Waits until `probe` answers true.
 * @param what what is awaited, named in the error: "<daemon>: <what> not within N s"
 * @throws Refusal with the end of the daemon's log when it has ended or time is up
 */
export async function untilReady(
  daemon: string,
  what: string,
  seconds: number,
  probe: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await probe())) {
    if (pidOf(daemon) === undefined) throw failure(daemon, "has ended");
    if (Date.now() > deadline) throw failure(daemon, `${what} not within ${String(seconds)} s`);
    await sleep(100);
  }
}

/** A {@link Refusal} that says what is wrong with a daemon and shows the end of its log. */
export function failure(daemon: string, problem: string): Refusal {
  const log = logOf(daemon);
  const tail = existsSync(log) ? lastLines(readFileSync(log, "utf8"), 15) : "(no log)";
  return new Refusal(`${daemon}: ${problem}; the end of ${log}:\n${tail}`);
}

/** Path of the daemon's log. */
export function logOf(daemon: string): string {
  return join(paths.logs, `${daemon}.log`);
}

async function launch(daemon: Daemon): Promise<void> {
  const cgroups = daemonCgroups(daemon.name);
  for (const folder of [...cgroups, paths.logs, paths.pids]) mkdirSync(folder, { recursive: true });
  const log = openSync(logOf(daemon.name), "a");
  // The process enters its cgroups and records itself before it becomes the daemon: no crash of ours can lose track of it.
  const enter = 'echo $$ | tee $0 >/dev/null && printf "%s %s" $$ "$2" >"$1" && shift 2 && exec "$@"';
  const self = [cgroups.map((cgroup) => join(cgroup, "cgroup.procs")).join(" "), pidFile(daemon.name), digest(daemon)];
  const command = insideNode(daemon.binary, ...daemon.args);
  const child = spawn("sh", ["-c", enter, ...self, ...command], {
    cwd: "/",
    detached: true,
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
    stdio: ["ignore", log, log],
  });
  child.unref();
  closeSync(log);
  await once(child, "spawn");
  while (pidOf(daemon.name) !== child.pid) {
    if (child.exitCode !== null) throw failure(daemon.name, "does not start");
    await sleep(10);
  }
}

/** What the running daemon recorded at its start. A process id counts only while it is in the daemon's cgroup: elsewhere it was given to another process. */
function record(daemon: string): { pid: number; digest: string } | undefined {
  if (!existsSync(pidFile(daemon))) return undefined;
  const [pid = "", digest = ""] = readFileSync(pidFile(daemon), "utf8").split(" ");
  return processesIn(daemonCgroup(daemon)).includes(Number(pid)) ? { pid: Number(pid), digest } : undefined;
}

function digest({ binary, args, config }: Daemon): string {
  return createHash("sha256")
    .update(JSON.stringify([binary, args, config]))
    .digest("hex");
}

function pidFile(daemon: string): string {
  return join(paths.pids, daemon);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
