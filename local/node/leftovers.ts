import { existsSync } from "node:fs";
import { nodeCgroups, nodeProcesses } from "./cgroups.ts";
import { programOf } from "./kernel.ts";
import { name, nodeDir, ownerLink } from "./layout.ts";
import { hasHostLink, nodeOwner } from "./namespaces.ts";

/** Everything on this machine that belongs to the node, one line each; empty after `down`. */
export function leftovers(): string[] {
  return [
    ...nodeProcesses().map((pid) => `process ${String(pid)} (${programOf(pid)})`),
    ...nodeCgroups()
      .filter((cgroup) => existsSync(cgroup))
      .map((cgroup) => `cgroup ${cgroup}`),
    ...(hasHostLink() ? [`network link ${name}`] : []),
    ...(nodeOwner() === undefined ? [] : [`link ${ownerLink}`]),
    ...(existsSync(nodeDir) ? [`folder ${nodeDir}`] : []),
  ];
}
