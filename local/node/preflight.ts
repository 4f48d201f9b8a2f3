import { existsSync, readFileSync, statSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { outcome, run } from "../exec.ts";
import { Refusal } from "../log.ts";
import { cacheDir, stateDir } from "../paths.ts";
import { toolNames, unbuiltTools } from "../toolchain.ts";
import { missingCgroups } from "./cgroups.ts";
import { nodeDir, paths } from "./layout.ts";
import { foreignNode, privateFolders } from "./namespaces.ts";

/** A Unix socket's path has to fit into the kernel's 108 bytes, and containerd appends `.ttrpc` to it. */
const longestSocket = 100;

const GiB = 2 ** 30;
/** Measured, with room to spare: what one run leaves in each folder. */
const space = { goBuild: 9 * GiB, goModules: 4.5 * GiB, cache: 2.5 * GiB, node: 3 * GiB };

/** Refuses, with every reason at once, where the node cannot run; creates nothing. */
export async function preflight(): Promise<void> {
  const problems = [...platformProblems(), ...stateProblems(), ...cgroupProblems()];
  const foreign = foreignNode();
  if (foreign !== undefined) problems.push(foreign);
  if (problems.length === 0) problems.push(...(await capabilityProblems()));
  problems.push(...(await goProblems()));
  if (problems.length === 0) return;
  throw new Refusal(["The local node cannot run here:", ...problems].join("\n- "));
}

/** Why this operating system or user cannot run the node. */
export function platformProblems(
  machine = { os: osRelease(), platform: `${process.platform} ${process.arch}`, uid: process.getuid?.() },
): string[] {
  const problems: string[] = [];
  if (machine.platform !== "linux x64") problems.push(`the machine is ${machine.platform}; linux x64 is needed`);
  if (machine.os !== "debian 12") problems.push(`the system is ${machine.os}; debian 12 is needed`);
  if (machine.uid !== 0) problems.push("not root; run it as root, or point --kubeconfig to a cluster you have");
  return problems;
}

/** `ID VERSION_ID` from the text of an os-release file. */
export function osRelease(text = read("/etc/os-release")): string {
  const field = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "?";
  return `${field("ID")} ${field("VERSION_ID")}`;
}

/** Why the state folder cannot hold the node. */
export function stateProblems(socket: string = paths.containerdSocket): string[] {
  const problems: string[] = [];
  const hiding = privateFolders.find((folder) => nodeDir.startsWith(`${folder}/`));
  if (hiding !== undefined) problems.push(`XDG_STATE_HOME is below ${hiding}, which the node hides; choose another`);
  if (socket.length > longestSocket) {
    problems.push(
      `XDG_STATE_HOME is too long: ${socket} has over ${String(longestSocket)} characters; choose a shorter one`,
    );
  }
  return problems;
}

function cgroupProblems(): string[] {
  const missing = missingCgroups();
  return missing.length === 0 ? [] : [`cgroups: missing ${missing.join(", ")}; pods could not be limited`];
}

async function capabilityProblems(): Promise<string[]> {
  const { code, stderr } = await outcome("unshare", ["--mount", "--net", "true"]);
  return code === 0 ? [] : [`root may not create namespaces (${stderr.trim()}); a full root user is needed`];
}

async function goProblems(): Promise<string[]> {
  try {
    return await spaceProblems();
  } catch (error) {
    if (error instanceof Refusal) return [error.message];
    throw error;
  }
}

async function spaceProblems(): Promise<string[]> {
  const needs: [string, number][] = existsSync(nodeDir) ? [] : [[stateDir, space.node]];
  const unbuilt = (await unbuiltTools()).length / toolNames.length;
  if (unbuilt > 0) {
    const [build = "", modules = ""] = (await run("go", ["env", "GOCACHE", "GOMODCACHE"])).split("\n");
    needs.push([cacheDir, space.cache], [build, unbuilt * space.goBuild], [modules, unbuilt * space.goModules]);
  }
  return missingSpace(needs);
}

/** Which file systems have less free space than all that will be written to them. */
export function missingSpace(needs: [path: string, bytes: number][], look = freeSpace): string[] {
  const systems = new Map<string, { path: string; free: number; needed: number }>();
  for (const [path, needed] of needs) {
    const { system, free } = look(path);
    const known = systems.get(system)?.needed ?? 0;
    systems.set(system, { path, free, needed: known + needed });
  }
  const inGiB = (bytes: number) => (bytes / GiB).toFixed(1);
  return [...systems.values()]
    .filter(({ free, needed }) => free < needed)
    .map(({ path, free, needed }) => `disk: ${path} has ${inGiB(free)} GiB free; ${inGiB(needed)} GiB are needed`);
}

function freeSpace(path: string): { system: string; free: number } {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return { system: String(statSync(existing).dev), free: bavail * bsize };
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
