import { readFileSync } from "node:fs";
import type { KubeClient } from "../../kube/client.ts";
import { exec, type ExecOptions } from "../../kube/exec.ts";

/** Text of the program that asks from inside a pod; its head says what it understands. */
export const probeScript = readFileSync(new URL("./probe.sh", import.meta.url), "utf8");

/** Where {@link probeScript} lies in a pod, and under which key in the ConfigMap that brings it there. */
export const probe = { directory: "/probe", file: "probe.sh", container: "probe", path: "/probe/probe.sh" } as const;

const outcomes = ["connected", "refused", "timeout", "error", "in", "out"] as const;

/**
 * How one question ended: a TCP connection `connected`, was `refused` or ran into a `timeout`; a login got `in`, stayed `out`
 * or ran into a `timeout`. `error`: the question could not be asked, so it tells nothing.
 */
export type Outcome = (typeof outcomes)[number];

/** The probe's answer to one question. */
export interface Answer {
  outcome: Outcome;
  /** The words of whoever answered. */
  message: string;
}

/** A pod to ask from. */
export interface Asker {
  namespace: string;
  pod: string;
  /** Name of its container; {@link probe}'s unless it is another workload's. */
  container?: string;
}

/** A TCP port to knock at. */
export interface Target {
  host: string;
  port: number;
}

/** Whether a TCP connection from the pod comes about within so many seconds. */
export async function askTcp(client: KubeClient, from: Asker, target: Target, seconds: number): Promise<Answer> {
  const command = ["bash", probe.path, "tcp", String(seconds), target.host, String(target.port)];
  return ask(client, from, command, { seconds: seconds + overhead });
}

/** Where and as whom a login is tried: libpq's environment. What is left out, the container's own environment says. */
export interface Login {
  environment: Record<string, string>;
  /** Travels on standard input; left out: the container's own PGPASSWORD. */
  password?: string;
}

/** Whether PostgreSQL lets a login from the pod in within so many seconds. */
export async function askLogin(client: KubeClient, from: Asker, login: Login, seconds: number): Promise<Answer> {
  const environment = Object.entries(login.environment).map(([name, value]) => `${name}=${value}`);
  const command = ["env", ...environment, "bash", probe.path, "login", String(seconds)];
  const stdin = login.password === undefined ? {} : { input: `${login.password}\n` };
  return ask(client, from, command, { ...stdin, seconds: seconds + overhead });
}

/** The answer in a probe's output. What is none tells why the question was not asked. */
export function parseAnswer(output: string): Answer {
  try {
    const { outcome, message } = JSON.parse(output) as Partial<Answer>;
    if (outcome !== undefined && outcomes.includes(outcome) && message !== undefined) return { outcome, message };
  } catch {
    // not JSON: the shell's own words
  }
  return { outcome: "error", message: output.trim() || "the probe said nothing" };
}

/** Seconds that the way into the pod may take on top of the question itself. */
const overhead = 15;

async function ask(client: KubeClient, from: Asker, command: string[], options: ExecOptions): Promise<Answer> {
  const target = { namespace: from.namespace, pod: from.pod, container: from.container ?? probe.container };
  try {
    const { stdout, stderr } = await exec(client, target, command, options);
    return parseAnswer(stdout || stderr);
  } catch (error) {
    client.signal?.throwIfAborted();
    return { outcome: "error", message: error instanceof Error ? error.message : String(error) };
  }
}
