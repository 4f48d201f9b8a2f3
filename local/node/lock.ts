import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { Refusal } from "../log.ts";

/** In Linux' abstract namespace: the kernel frees the name when its process ends, however it ends. */
const socketName = "\0hcloud-postgres-node";

/** Runs `action` while holding the machine-wide lock on the node; a second holder is a {@link Refusal} naming the first. */
export async function exclusively<T>(activity: string, action: () => Promise<T>): Promise<T> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).end(`${activity} (pid ${String(process.pid)})`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(socketName, resolve);
  }).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Refusal(`${activity}: the local node is busy: ${await holder()} is running; wait for it to end`);
  });
  try {
    return await action();
  } finally {
    server.close();
  }
}

async function holder(): Promise<string> {
  const socket = connect(socketName);
  socket.setTimeout(2000, () => socket.destroy());
  return (await text(socket).catch(() => "")) || "another command";
}
