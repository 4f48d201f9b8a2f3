import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./exec.ts";
import { step } from "./log.ts";

/** Debian packages, each by a file or command that it brings. */
export type Providers = Readonly<Record<string, string>>;

/** The packages whose command or file is missing. A command that another package provides is left alone. */
export function missingPackages(providers: Providers, has: (file: string) => boolean = isPresent): string[] {
  return Object.keys(providers)
    .filter((file) => !has(file))
    .flatMap((file) => providers[file] ?? []);
}

/** Installs what is missing of some Debian packages. */
export async function installPackages(providers: Providers): Promise<void> {
  const missing = missingPackages(providers);
  if (missing.length === 0) return;
  step(`installing Debian packages: ${missing.join(" ")}`);
  await run("apt-get", ["update", "-q"], { timeoutSeconds: 300 });
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["install", "-qy", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60", ...missing], {
    env,
    timeoutSeconds: 600,
  });
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
