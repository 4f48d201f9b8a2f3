import { existsSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "../exec.ts";
import type { Providers } from "../packages.ts";
import { paths } from "./layout.ts";

/** What the node runs from Debian: each package by a file or command that it brings. */
export const nodePackages: Providers = {
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

/** Loads the kernel modules that pods need, where the kernel has them as modules. */
export async function loadModules(): Promise<void> {
  if (existsSync("/proc/sys/net/bridge/bridge-nf-call-iptables")) return;
  await outcome("modprobe", ["--all", "br_netfilter", "overlay"]);
}
