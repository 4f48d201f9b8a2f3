import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../log.ts";
import { name } from "./layout.ts";
import { mountinfo } from "./mountinfo.ts";

/** What the machine offers to group and limit processes. */
export interface CgroupMounts {
  /** The cgroup v2 hierarchy: all of it, or on a hybrid machine the one without controllers. It tracks the node's processes. */
  unified?: string;
  /** Mount points of the cgroup v1 hierarchies, by controller or name; empty on a pure v2 machine. */
  v1: Record<string, string>;
}

const wanted = ["cpu", "cpuset", "memory", "pids"];

/** Reads the cgroup mounts from the text of `/proc/self/mountinfo`. */
export function parseCgroupMounts(mountinfo: string): CgroupMounts {
  const mounts: CgroupMounts = { v1: {} };
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const path = left.split(" ")[4] ?? "";
    const [type, , options = ""] = right.split(" ");
    if (type === "cgroup2") mounts.unified ??= path;
    if (type !== "cgroup") continue;
    for (const option of options.split(",")) {
      if (option !== "rw") mounts.v1[option] ??= path;
    }
  }
  return mounts;
}

const mounts = parseCgroupMounts(mountinfo());
const isPureV2 = Object.keys(mounts.v1).length === 0;

/** What is missing for pods to be grouped and limited; empty when all is there. */
export function missingCgroups({ unified, v1 } = mounts): string[] {
  if (unified === undefined) return ["cgroup2 mount"];
  const available = Object.keys(v1);
  if (available.length === 0) available.push(...words(join(unified, "cgroup.controllers")));
  return wanted.filter((controller) => !available.includes(controller)).map((controller) => `controller ${controller}`);
}

/** The node's own cgroup in every hierarchy. */
export function nodeCgroups(): string[] {
  const roots = [mounts.unified, ...Object.values(mounts.v1)].filter((path) => path !== undefined);
  return [...new Set(roots)].map((root) => join(root, name));
}

/** Creates the node's cgroup in every hierarchy, with the controllers that pods need. */
export function createNodeCgroups(): void {
  for (const cgroup of nodeCgroups()) mkdirSync(cgroup, { recursive: true });
  if (!isPureV2) return;
  const controllers = words(join(unifiedRoot(), "cgroup.controllers")).map((controller) => `+${controller}`);
  for (const cgroup of [unifiedRoot(), join(unifiedRoot(), name)]) {
    writeFileSync(join(cgroup, "cgroup.subtree_control"), controllers.join(" "));
  }
}

/** The cgroup that tracks a daemon and whatever it starts. */
export function daemonCgroup(daemon: string): string {
  return join(unifiedRoot(), name, daemon);
}

/** A daemon's cgroup in every hierarchy, so that nothing is charged to the session that starts it; a v1 cpuset would first need its CPUs named. */
export function daemonCgroups(daemon: string): string[] {
  const cpuset = join(mounts.v1["cpuset"] ?? "", name);
  return nodeCgroups()
    .filter((cgroup) => cgroup !== cpuset)
    .map((cgroup) => join(cgroup, daemon));
}

/** Process ids in a cgroup, without those of its children. */
export function processesIn(cgroup: string): number[] {
  return words(join(cgroup, "cgroup.procs")).map(Number);
}

/** Kills every process of the node at once and removes its cgroups. */
export async function removeNodeCgroups(): Promise<void> {
  const kill = join(unifiedRoot(), name, "cgroup.kill");
  const deadline = Date.now() + 30_000;
  while (nodeCgroups().some((cgroup) => existsSync(cgroup))) {
    if (existsSync(kill)) writeFileSync(kill, "1");
    for (const cgroup of nodeCgroups().flatMap(tree)) removeIfEmpty(cgroup);
    if (Date.now() > deadline) throw new Refusal(`cgroups still in use after 30 s: ${nodeProcesses().join(", ")}`);
    await sleep(50);
  }
}

/** Process ids in any of the node's cgroups. */
export function nodeProcesses(): number[] {
  return [...new Set(nodeCgroups().flatMap(tree).flatMap(processesIn))];
}

function removeIfEmpty(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch (error) {
    if (!["EBUSY", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** A cgroup and all below it, the deepest first. */
function tree(cgroup: string): string[] {
  if (!existsSync(cgroup)) return [];
  const children = readdirSync(cgroup, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((child) => tree(join(cgroup, child.name))), cgroup];
}

function unifiedRoot(): string {
  if (mounts.unified === undefined) throw new Refusal("cgroups: no cgroup2 file system is mounted");
  return mounts.unified;
}

/** The words of a cgroup's file; none when the cgroup is gone, as it may be at any moment. */
function words(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}
