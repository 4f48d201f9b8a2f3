import { existsSync, readFileSync } from "node:fs";
import { nodeCgroups, nodeProcesses } from "./cgroups.ts";
import { name, nodeDir, ownerLink } from "./layout.ts";
import { hasHostLink, nodeOwner } from "./namespaces.ts";

/** Everything on this machine that belongs to the node, one line each; empty after `down`. */
export function leftovers(): string[] {
  return [
    ...nodeProcesses().map((pid) => `process ${String(pid)} (${commandOf(pid)})`),
    ...nodeCgroups()
      .filter((cgroup) => existsSync(cgroup))
      .map((cgroup) => `cgroup ${cgroup}`),
    ...(hasHostLink() ? [`network link ${name}`] : []),
    ...(nodeOwner() === undefined ? [] : [`link ${ownerLink}`]),
    ...(existsSync(nodeDir) ? [`folder ${nodeDir}`] : []),
  ];
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, "utf8").trim();
  } catch {
    return "ended";
  }
}
