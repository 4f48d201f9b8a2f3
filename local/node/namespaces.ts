import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { outcome, run } from "../exec.ts";
import { Refusal } from "../log.ts";
import { ensureRunning, pidOf, untilReady, type Daemon } from "./daemon.ts";
import { programOf } from "./kernel.ts";
import { name, network, nodeDir, ownerLink } from "./layout.ts";

/** Where containerd, the CNI plugins and the kubelet keep state that no flag moves: the node sees folders of its own there. */
export const privateFolders = ["/run", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods"];

/** Holds the namespaces open, as a pod's pause container does. */
const holder: Daemon = {
  name: "pause",
  command: ["unshare", "--net", "--mount", "--propagation", "slave", "/usr/bin/catatonit", "-P"],
};

/** True while the node's namespaces can be entered. */
export function isHeld(): boolean {
  return holderPid() !== undefined;
}

/** The command line that runs `command` inside the node's network and mount namespaces. */
export function insideNode(command: string, ...args: string[]): string[] {
  const pid = holderPid();
  if (pid === undefined) throw new Refusal("the local node is not up; bring it up with npm run local -- up");
  return ["nsenter", `--target=${String(pid)}`, "--net", "--mount", "--", command, ...args];
}

/** Runs a command inside the node's namespaces and returns its output. */
export async function runInside(command: string, args: string[], input?: string): Promise<string> {
  const [nsenter = "", ...rest] = insideNode(command, ...args);
  return run(nsenter, rest, input === undefined ? {} : { input });
}

/** State folder of the node that is up on this machine; undefined when none is. */
export function nodeOwner(): string | undefined {
  try {
    return readlinkSync(ownerLink);
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
  if (nodeOwner() === undefined) symlinkSync(nodeDir, ownerLink);
  await ensureRunning(holder);
  await untilReady(holder.name, "in its namespaces", 10, () => Promise.resolve(isHeld()));
  await hideFolders();
  await connectNode();
}

/** Removes what outlives the namespaces, which end with their last process. */
export async function removeLinks(): Promise<void> {
  if (hasHostLink()) await outcome("ip", ["link", "delete", name]);
  rmSync(ownerLink, { force: true });
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

/** Only once it has become what it runs has the holder left the machine's own namespaces. */
function holderPid(): number | undefined {
  const pid = pidOf(holder.name);
  return pid !== undefined && programOf(pid) === "catatonit" ? pid : undefined;
}

/** The folders over which the node has mounted its own, by the text of its `/proc/self/mountinfo`. */
export function hiddenFolders(mountinfo: string): string[] {
  const lines = mountinfo.split("\n").filter((line) => line.split(" - ")[1]?.startsWith(`tmpfs ${name} `));
  return lines.map((line) => line.split(" ")[4] ?? "");
}

async function hideFolders(): Promise<void> {
  // Mounts of the machine shall reach the node, never the reverse; containers' mounts are shared from here on.
  await runInside("mount", ["--make-rshared", "/"]);
  const hidden = hiddenFolders(await runInside("cat", ["/proc/self/mountinfo"]));
  for (const folder of privateFolders.filter((folder) => !hidden.includes(folder))) {
    mkdirSync(folder, { recursive: true });
    await runInside("mount", ["-t", "tmpfs", "-o", "mode=755", name, folder]);
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
