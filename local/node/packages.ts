import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { outcome, run } from "../exec.ts";
import { step } from "../log.ts";
import { paths } from "./layout.ts";

/** What the node runs from Debian: each package by a file or command that it brings. */
const providers: Record<string, string> = {
  "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
  containerd: "containerd",
  runc: "runc",
  [join(paths.cniPlugins, "bridge")]: "containernetworking-plugins",
  iptables: "iptables",
  ipset: "ipset",
  conntrack: "conntrack",
  mmdebstrap: "mmdebstrap",
  "/usr/bin/catatonit": "catatonit",
  ip: "iproute2",
  mount: "mount",
  nsenter: "util-linux",
  modprobe: "kmod",
};

/** The Debian packages whose command or file is missing. A command that another package provides is left alone. */
export function missingPackages(has: (file: string) => boolean = isPresent): string[] {
  return Object.keys(providers)
    .filter((file) => !has(file))
    .flatMap((file) => providers[file] ?? []);
}

/** Installs what is missing of the Debian packages that the node runs. */
export async function installPackages(): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  step(`installing Debian packages: ${missing.join(" ")}`);
  await run("apt-get", ["update", "-q"], { timeoutSeconds: 300 });
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["install", "-qy", "--no-install-recommends", ...missing], { env, timeoutSeconds: 600 });
}

/** Loads the kernel modules that pods need, where the kernel has them as modules. */
export async function loadModules(): Promise<void> {
  if (existsSync("/proc/sys/net/bridge/bridge-nf-call-iptables")) return;
  await outcome("modprobe", ["--all", "br_netfilter", "overlay"]);
}

function isPresent(file: string): boolean {
  if (file.startsWith("/")) return existsSync(file);
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => isExecutable(join(folder, file)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
