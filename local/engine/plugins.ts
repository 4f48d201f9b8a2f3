import { join } from "node:path";

/** Folders to put on PATH for the provider plugins. */
export function pluginFolders(_args: string[], _pulumi: string, _env: Record<string, string>): Promise<string[]> {
  return Promise.resolve([join(import.meta.dirname, "plugins", "bin")]);
}
