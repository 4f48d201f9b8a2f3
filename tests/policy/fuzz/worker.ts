import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import { derivedSeed } from "../hba/generate/choose.ts";
import { random } from "../random.ts";
import { askOne, commands } from "./ask.ts";

/** What the thread is to do. */
export interface Order {
  readonly seed: number;
  readonly seconds: number;
  readonly progress: Progress;
}

/** What a watcher sees of it. */
export interface Progress {
  /** How many inputs were begun, and how often each command answered. */
  readonly asked: Uint32Array;
}

export function startProgress(): Progress {
  return { asked: new Uint32Array(new SharedArrayBuffer(4 * (1 + commands.length))) };
}

if (workerData !== null) {
  const { seed, seconds, progress } = workerData as Order;
  // What the commands say of their input is not read here.
  process.stderr.write = () => true;
  const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
  try {
    const end = performance.now() + seconds * 1000;
    for (let index = 1; performance.now() < end; index++) {
      progress.asked[0] = index;
      const { command, answered } = askOne(folder, random(derivedSeed(seed, index)));
      if (answered) Atomics.add(progress.asked, 1 + commands.indexOf(command), 1);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
