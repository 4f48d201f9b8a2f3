import { existsSync, readFileSync } from "node:fs";
import { nodeCgroups, nodeProcesses } from "./cgroups.ts";
import { name, nodeDir, runDir } from "./layout.ts";
import { hasHostLink, nodeMounts } from "./namespaces.ts";

/** Everything on this machine that belongs to the node, one line each; empty after `down`. */
export function leftovers(): string[] {
  return [
    ...nodeProcesses().map((pid) => `process ${String(pid)} (${commandOf(pid)})`),
    ...nodeMounts().map((path) => `mount ${path}`),
    ...nodeCgroups()
      .filter((cgroup) => existsSync(cgroup))
      .map((cgroup) => `cgroup ${cgroup}`),
    ...(hasHostLink() ? [`network link ${name}`] : []),
    ...[runDir, nodeDir].filter((folder) => existsSync(folder)).map((folder) => `folder ${folder}`),
  ];
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, "utf8").trim();
  } catch {
    return "ended";
  }
}
