import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import { commands } from "./ask.ts";
import { startProgress, type Order } from "./worker.ts";

/** Seconds that one input may take, whatever it is. */
const longest = 20;

/**
 * Asks all commands about spoilt input for so many seconds, in a thread that is watched from outside: an input on which it
 * hangs is a fault, too. Says how it went, and whether every input was answered or refused in words.
 */
export async function survive(seed: number, seconds: number): Promise<boolean> {
  const progress = startProgress();
  const order: Order = { seed, seconds, progress };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: order });
  const stop = new AbortController();
  const ended = once(worker, "exit", { signal: stop.signal }).then(
    () => undefined,
    (error: unknown) => `input ${String(progress.asked[0])} throws: ${inspect(error)}`,
  );
  const fault = await Promise.race([ended, watch(progress.asked, stop.signal)]);
  stop.abort();
  await worker.terminate();
  const [asked = 0, ...answered] = progress.asked;
  const each = commands.map((name, index) => `${name} ${String(answered[index])}`).join(", ");
  console.log(`seed ${String(seed)}: ${String(asked)} inputs; answered: ${each}; all others refused in words`);
  if (fault !== undefined) console.error(fault);
  return fault === undefined && asked > 0;
}

/** Waits until the same input has been asked about for too long. */
async function watch(asked: Uint32Array, stop: AbortSignal): Promise<string | undefined> {
  let last = -1;
  let since = performance.now();
  while (!stop.aborted) {
    const [now = 0] = asked;
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > longest * 1000) return `input ${String(now)} takes too long`;
    await sleep(100);
  }
  return undefined;
}
