import { connect } from "node:net";
import type { Protocol } from "../../../policy/analysis/network/model.ts";

/** A connection to try. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/**
 * Lets the prober behind a Unix socket try connections, all at the same time.
 * @param milliseconds after which what has not answered counts as refused
 * @returns for each target whether it answered
 */
export function tryAll(socket: string, targets: readonly Target[], milliseconds: number): Promise<boolean[]> {
  const lines = targets.map(({ protocol, address, port }) => `${protocol.toLowerCase()} ${address} ${String(port)}`);
  return new Promise((resolve, reject) => {
    let answer = "";
    const connection = connect(socket, () => connection.write(`${[String(milliseconds), ...lines].join("\n")}\n\n`));
    connection.on("data", (chunk) => (answer += chunk.toString()));
    connection.on("error", reject);
    connection.on("close", () => {
      const results = Array.from(answer.trim(), (digit) => digit === "1");
      if (results.length === targets.length) resolve(results);
      else reject(new Error(`${socket}: ${String(results.length)} answers to ${String(targets.length)} questions`));
    });
  });
}
