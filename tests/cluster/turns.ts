import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { claims } from "../../local/node/lock.ts";

/** In Linux' abstract namespace: the kernel frees the name when its process ends, however it ends. */
const socketName = "\0hcloud-postgres-tests";

/** Runs `action` while no other test file does: of files that run side by side the first one makes what the others find. */
export async function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const server = createServer();
  while (!(await claims(server, socketName))) await sleep(500);
  try {
    return await action();
  } finally {
    server.close();
  }
}
