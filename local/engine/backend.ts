import { randomBytes } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stateDir } from "../paths.ts";

/**
 * The variables by which the engine keeps its stacks in a folder of this machine, encrypted with a passphrase made once and
 * readable by its owner alone. A user who names a backend keeps it, with his own way to unlock it.
 */
export function backendVariables(user: NodeJS.ProcessEnv, folder = join(stateDir, "pulumi")): Record<string, string> {
  if (user["PULUMI_BACKEND_URL"] !== undefined) return {};
  const backend = join(folder, "backend");
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  const variables = { PULUMI_BACKEND_URL: pathToFileURL(backend).href };
  if (user["PULUMI_CONFIG_PASSPHRASE"] !== undefined || user["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined) {
    return variables;
  }
  const file = join(folder, "passphrase");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  return { ...variables, PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** Removes the locks of a stack of this project that commands of this machine left in the embedded backend when they were killed. */
export function breakStaleLocks(stack: string, folder = join(stateDir, "pulumi")): void {
  const locks = join(folder, "backend", ".pulumi", "locks", "organization", "hcloud-postgres", stack);
  for (const file of globSync(join(locks, "*.json"))) {
    const holder = JSON.parse(readFileSync(file, "utf8")) as { pid: number; hostname: string };
    if (holder.hostname !== hostname() || existsSync(join("/proc", String(holder.pid)))) continue;
    for (const part of [file, `${file}.attrs`]) rmSync(part, { force: true });
  }
}
