import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "./run.ts";
import { hostnames, serverAddresses } from "./world.ts";

/**
 * Runs a program as root of user, network, mount and process namespaces of its own, which need no privilege. Whatever it
 * has started ends with it, and it ends with whoever started it.
 */
export const inNamespaces = [
  ...["setpriv", "--pdeathsig", "KILL"],
  "unshare",
  ...["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child"],
] as const;

/**
 * Makes the network of these namespaces: every address is local, a few are the server's own, and only the hosts file
 * names any.
 */
export async function setUpNetwork(directory: string): Promise<void> {
  const ip = (...args: string[]) => runOrThrow("ip", args);
  await ip("link", "set", "lo", "up");
  for (const { address, prefix } of serverAddresses) {
    if (address !== "127.0.0.1" && address !== "::1")
      await ip("addr", "add", `${address}/${String(prefix)}`, "dev", "lo");
  }
  await ip("route", "add", "local", "0.0.0.0/0", "dev", "lo");
  await ip("-6", "route", "add", "local", "::/0", "dev", "lo");
  writeFileSync("/proc/sys/net/ipv6/ip_nonlocal_bind", "1");
  const hosts = [...hostnames].flatMap(([address, name]) => (name === null ? [] : [`${address} ${name}`]));
  await replace("/etc/hosts", `${hosts.join("\n")}\n`);
  await replace("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");

  async function replace(path: string, content: string): Promise<void> {
    const own = join(directory, path.replaceAll("/", "_"));
    writeFileSync(own, content);
    await runOrThrow("mount", ["--bind", own, path]);
  }
}
