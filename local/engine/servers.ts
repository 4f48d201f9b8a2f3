import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "esbuild";
import { cacheDir } from "../paths.ts";

const root = join(import.meta.dirname, "..", "..");
const entryPoints = {
  language: "local/engine/language/main.ts",
  kubernetes: "local/engine/plugins/kubernetes/main.ts",
  random: "local/engine/plugins/random/main.ts",
  hcloud: "local/engine/plugins/hcloud/main.ts",
  tls: "local/engine/plugins/tls/main.ts",
};

/**
 * Folder of what the engine starts, the language host and the stand-ins, in a file each: every command starts some of them, and
 * to load their libraries file by file takes a second. Kept in the cache under a hash of everything that shapes it.
 */
export async function serverFolder(): Promise<string> {
  const folder = join(cacheDir, "servers", fingerprint());
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${String(process.pid)}`;
  await bundle(unfinished);
  await rename(unfinished, folder).catch(async (error: unknown) => {
    // Another process was faster.
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

/** Bundles the servers into a folder; the answer names what went into them. */
export async function bundle(outdir: string): Promise<BuildResult<{ metafile: true }>> {
  const { build } = await import("esbuild");
  return build({
    entryPoints,
    absWorkingDir: root,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    metafile: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Libraries in CommonJS ask for Node.js' own modules with it.
    banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
    logLevel: "error",
  });
}

/** Every file that shapes the servers, relative to the repository; libraries by the lock file. */
export function sources(): string[] {
  return globSync(["local/engine/**/*.ts", "kube/*.ts", "package-lock.json"], { cwd: root }).sort();
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of sources()) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}
