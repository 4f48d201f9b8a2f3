/** Reports progress on stderr, with the seconds since the process started; stdout stays free for results. */
export function step(message: string): void {
  process.stderr.write(`[${process.uptime().toFixed(1).padStart(6)}s] ${message}\n`);
}

/** An error written for the person who runs the command: it names the thing, what was expected and the fix, and is shown without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
