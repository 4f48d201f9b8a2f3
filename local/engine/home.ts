import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../paths.ts";

/**
 * The variable by which the engine built here keeps its plugins and what it remembers in a folder of its own, without the log
 * of every property at every step: a preview of this program takes half of its time to write 40 MB of it, and no setting turns
 * it off. A user who names a home keeps it.
 */
export function homeVariables(user: NodeJS.ProcessEnv, folder = join(cacheDir, "pulumi")): Record<string, string> {
  if (user["PULUMI_HOME"] !== undefined) return {};
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The engine goes on without a log where its folder cannot be made.
  writeFileSync(join(folder, "logs"), "");
  return { PULUMI_HOME: folder };
}
