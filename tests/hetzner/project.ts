import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";

/** A project folder of its own for a program, since Pulumi writes into its folder; the folder's path. */
export function makeProject(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "hetzner-project-"));
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as object;
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ ...project, main: "index.ts" }));
  writeFileSync(join(folder, "index.ts"), `export * from ${JSON.stringify(resolve(program))};\n`);
  cpSync("package.json", join(folder, "package.json"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "backend"));
  return folder;
}

/** Variables that keep a project's state in its folder. */
export function backendOf(folder: string): Record<string, string> {
  return { PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`, PULUMI_CONFIG_PASSPHRASE: "none" };
}
