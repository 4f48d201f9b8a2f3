import * as node from "../../local/node/index.ts";
import { forget } from "../../local/stack.ts";

/** Leaves the machine as it was: a node that was up before the suite stays, one that the suite made goes. */
export default async function setup(): Promise<() => Promise<void>> {
  const before = await node.status();
  return async () => {
    if (before.state === "up") return;
    await forget();
    await node.down();
  };
}
