import { rm } from "node:fs/promises";
import { Refusal, step } from "../log.ts";
import { removeNodeCgroups } from "./cgroups.ts";
import { nodeDir } from "./layout.ts";
import { leftovers } from "./leftovers.ts";
import { exclusively } from "./lock.ts";
import { foreignNode, removeNamespaces } from "./namespaces.ts";

/**
 * Removes the node with everything it has left on this machine, except the cache of builds and images.
 * @throws Refusal when the node is another user's, or this one may not remove it
 */
export function down(): Promise<void> {
  return exclusively("down", async () => {
    if (leftovers().length === 0) {
      step("no local node on this machine");
      return;
    }
    const foreign = foreignNode();
    if (foreign !== undefined) throw new Refusal(foreign);
    if (process.getuid?.() !== 0) throw new Refusal("down: the local node can only be removed by root");
    await removeRuntime();
    await rm(nodeDir, { recursive: true, force: true });
    step("the local node is gone");
  });
}

/** Ends every process of the node and removes its cgroups, mounts, namespaces and links, as a reboot would. */
export async function removeRuntime(): Promise<void> {
  await removeNodeCgroups();
  await removeNamespaces();
}
