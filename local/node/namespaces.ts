import { dirname } from "node:path";
import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { outcome, run } from "../exec.ts";
import { Refusal } from "../log.ts";
import { name, network, nodeDir, paths, runDir } from "./layout.ts";
import { mountinfo } from "./mountinfo.ts";

/** Where containerd, the CNI plugins and the kubelet keep state that no flag moves: the node sees folders of its own there. */
export const privateFolders = ["/run", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods"];

/** The command line that runs `command` inside the node's network and mount namespaces. */
export function insideNode(command: string, ...args: string[]): string[] {
  return ["nsenter", `--net=${paths.networkNamespace}`, `--mount=${paths.mountNamespace}`, "--", command, ...args];
}

/** Runs a command inside the node's namespaces and returns its output. */
export function runInside(command: string, args: string[], input?: string): Promise<string> {
  const [nsenter = "", ...rest] = insideNode(command, ...args);
  return run(nsenter, rest, input === undefined ? {} : { input });
}

/** Mount points on this machine that belong to the node, the innermost first. */
export function nodeMounts(mounts = mountinfo()): string[] {
  return mounts
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => [runDir, nodeDir].some((folder) => path === folder || path.startsWith(`${folder}/`)))
    .reverse();
}

/** State folder of the node that is up on this machine; undefined when none is. */
export function nodeOwner(): string | undefined {
  try {
    return readlinkSync(paths.owner);
  } catch {
    return undefined;
  }
}

/** The refusal to touch a node whose state is another user's or in another folder; undefined where there is none. */
export function foreignNode(owner = nodeOwner()): string | undefined {
  if (owner === undefined || owner === nodeDir) return undefined;
  const home = dirname(dirname(owner));
  return `a node with its state in ${owner} is up; take it down with XDG_STATE_HOME=${home} npm run local -- down`;
}

/** Creates what is missing of the node's network and mount namespaces and of the links between node and machine. */
export async function createNamespaces(): Promise<void> {
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  if (nodeOwner() === undefined) symlinkSync(nodeDir, paths.owner);
  const namespaces = [paths.networkNamespace, paths.mountNamespace];
  if (!namespaces.every((file) => nodeMounts().includes(file))) await pinNamespaces();
  await hideFolders();
  await connectNode();
}

/** Removes the namespaces, with every mount and interface in them, once no process uses them. */
export async function removeNamespaces(): Promise<void> {
  for (const path of nodeMounts()) await run("umount", ["--lazy", path]);
  await outcome("ip", ["link", "delete", name]);
  rmSync(runDir, { recursive: true, force: true });
}

/** The machine's end of the link to the node exists. */
export function hasHostLink(): boolean {
  return existsSync(`/sys/class/net/${name}`);
}

/** Refuses when the machine itself already uses the addresses of the node. */
export async function refuseTakenAddresses(): Promise<void> {
  for (const address of [network.node, network.nodeSide]) {
    const routes = await run("ip", ["-json", "route", "show", "match", address]);
    const taken = takenRoute(routes);
    if (taken === undefined) continue;
    throw new Refusal(
      `the node's address ${address} is inside ${taken}, which this machine already routes; free it first`,
    );
  }
}

/** The route, other than the default and the node's own, that an `ip -json route show match` lists. */
export function takenRoute(routes: string): string | undefined {
  const parsed = JSON.parse(routes || "[]") as { dst: string; dev?: string }[];
  const taken = parsed.find(({ dst, dev }) => dst !== "default" && dev !== name);
  return taken && `${taken.dst} dev ${taken.dev ?? "?"}`;
}

async function pinNamespaces(): Promise<void> {
  for (const path of nodeMounts()) await run("umount", ["--lazy", path]);
  // A namespace can only be pinned to a file on a mount that is not shared with it.
  await run("mount", ["--bind", runDir, runDir]);
  await run("mount", ["--make-private", runDir]);
  for (const file of [paths.networkNamespace, paths.mountNamespace]) writeFileSync(file, "");
  const pins = [`--net=${paths.networkNamespace}`, `--mount=${paths.mountNamespace}`];
  await run("unshare", [...pins, "--propagation", "slave", "mount", "--make-rshared", "/"]);
}

async function hideFolders(): Promise<void> {
  const mounted = (await runInside("cat", ["/proc/self/mountinfo"])).split("\n").map((line) => line.split(" ")[4]);
  for (const folder of privateFolders.filter((folder) => !mounted.includes(folder))) {
    mkdirSync(folder, { recursive: true });
    await runInside("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", folder]);
  }
}

async function connectNode(): Promise<void> {
  const links = (await runInside("ip", ["-brief", "link"])).split("\n").map((line) => line.split(/[ @]/)[0]);
  const missing = [
    ...(links.includes("node0") ? [] : ["link add node0 type bridge"]),
    ...(links.includes("host0") ? [] : [`link add host0 type veth peer name ${name} netns ${String(process.pid)}`]),
  ];
  if (!links.includes("host0")) await outcome("ip", ["link", "delete", name]);
  const inside = [
    ...missing,
    "link set lo up",
    "link set node0 up",
    "link set host0 up",
    `address replace ${network.nodePrefix} dev node0`,
    `address replace ${network.nodeSide}/30 dev host0`,
    // Leads nowhere on purpose: daemons look for a default route, and no packet may leave the machine.
    "route replace default dev node0",
  ];
  const outside = [
    `link set ${name} up`,
    `address replace ${network.hostSide} dev ${name}`,
    `route replace ${network.node}/32 via ${network.nodeSide}`,
  ];
  await runInside("ip", ["-batch", "-"], `${inside.join("\n")}\n`);
  await run("ip", ["-batch", "-"], { input: `${outside.join("\n")}\n` });
  for (const setting of ["ipv4/ip_forward", "bridge/bridge-nf-call-iptables"]) {
    await runInside("tee", [`/proc/sys/net/${setting}`], "1");
  }
}
