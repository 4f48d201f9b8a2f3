import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "./client.ts";
import { describe, type KubeObject, type ObjectRef } from "./objects.ts";

export interface WaitOptions {
  /** Seconds after which the wait fails. */
  seconds: number;
  /** Milliseconds between two looks; default 500. */
  interval?: number;
}

/** What was awaited did not come true in time; the message says what was seen last. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/**
 * Asks again and again until `look` answers something other than undefined.
 * @param what named in the error: "<what> not within N s"
 * @throws TimedOut; whatever `look` throws ends the wait at once
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= deadline) throw new TimedOut(`${what}: not within ${String(options.seconds)} s`);
    await sleep(options.interval ?? 500);
  }
}

/** Waits until the object is there and `ready` says yes; answers the object. */
export async function untilObject(
  client: KubeClient,
  ref: ObjectRef,
  what: string,
  ready: (object: KubeObject) => boolean,
  options: WaitOptions,
): Promise<KubeObject> {
  return until(
    `${describe(ref)} ${what}`,
    async () => {
      const object = await client.get(ref);
      return object && ready(object) ? object : undefined;
    },
    options,
  );
}

/** Deletes the object and waits until the API server no longer knows it (finalizers done). */
export async function deleteAndWait(client: KubeClient, ref: ObjectRef, options: WaitOptions): Promise<void> {
  await client.delete(ref);
  await untilGone(client, ref, options);
}

/** Waits until the API server no longer knows the object. */
export async function untilGone(client: KubeClient, ref: ObjectRef, options: WaitOptions): Promise<void> {
  await until(`${describe(ref)} gone`, async () => ((await client.get(ref)) === undefined ? true : undefined), options);
}

/** True when `status.conditions` has `type` with the given status (default "True"). */
export function hasCondition(object: KubeObject, type: string, status = "True"): boolean {
  const { conditions = [] } = (object["status"] ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some((condition) => condition.type === type && condition.status === status);
}
