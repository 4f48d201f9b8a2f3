import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { Refusal } from "../log.ts";

/** In Linux' abstract namespace: the kernel frees the name when its process ends, however it ends. */
const socketName = "\0hcloud-postgres-node";

/** Runs `action` while holding the machine-wide lock on the node; a second holder is a {@link Refusal} naming the first. */
export async function exclusively<T>(activity: string, action: () => Promise<T>): Promise<T> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).end(`${activity} (pid ${String(process.pid)})`);
  });
  if (!(await claims(server, socketName))) {
    throw new Refusal(`${activity}: the local node is busy: ${await holder()} is running; wait for it to end`);
  }
  try {
    return await action();
  } finally {
    server.close();
  }
}

/** Has a server listen under a name of Linux' abstract namespace; false where another one does. */
export async function claims(server: Server, name: string): Promise<boolean> {
  server.listen(name);
  try {
    await once(server, "listening");
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
}

async function holder(): Promise<string> {
  const socket = connect(socketName);
  socket.setTimeout(2000, () => socket.destroy());
  return (await text(socket).catch(() => "")) || "another command";
}
