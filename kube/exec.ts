import { Readable, Writable } from "node:stream";
import { Exec, type V1Status } from "@kubernetes/client-node";
import type { KubeClient } from "./client.ts";
import { TimedOut } from "./wait.ts";

/** Where a command runs. */
export interface Target {
  namespace: string;
  pod: string;
  container: string;
}

/** What a command in a container left behind. */
export interface ExecResult {
  /** Exit code of the command. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Text for the command's standard input: the way for what must not stand in an audit log, as arguments would. */
  input?: string;
  /** Seconds after which the wait fails; default 60. */
  seconds?: number;
}

/**
 * Runs a command in a running container and waits for its end.
 * @throws Error when the command could not be started, TimedOut when it does not end in time
 */
export async function exec(
  client: KubeClient,
  target: Target,
  command: string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  client.signal?.throwIfAborted();
  const { input, seconds = 60 } = options;
  const stdin = input === undefined ? null : Readable.from([input]);
  const stdout = new Collector();
  const stderr = new Collector();
  const where = `exec in ${target.namespace}/${target.pod} (${target.container})`;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new TimedOut(`${where}: "${command.join(" ")}" did not end within ${String(seconds)} s`));
    }, seconds * 1000);
    const settle = (action: () => void) => {
      clearTimeout(timer);
      action();
    };
    const onStatus = (status: V1Status) => {
      settle(() => {
        const code = exitCode(status);
        if (code === undefined) reject(new Error(`${where}: ${status.message ?? "failed without a message"}`));
        else resolve({ code, stdout: stdout.text(), stderr: stderr.text() });
      });
    };
    new Exec(client.config)
      .exec(target.namespace, target.pod, target.container, command, stdout, stderr, stdin, false, onStatus)
      .then(
        (socket) => {
          socket.onclose = () => {
            settle(() => {
              reject(new Error(`${where}: connection closed before the command ended`));
            });
          };
        },
        (error: unknown) => {
          settle(() => {
            reject(new Error(`${where}: ${(error as { message?: string }).message ?? String(error)}`));
          });
        },
      );
  });
}

/** Exit code told by the server's closing status; undefined when the command never ran. */
function exitCode(status: V1Status): number | undefined {
  if (status.status === "Success") return 0;
  const told = status.details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  return told === undefined ? undefined : Number(told);
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
