import { build, type BuildResult } from "esbuild";

/**
 * Bundles the pack, which the engine starts, and the command line, which runs without an installation, into `dist`.
 * Where nothing is to be written, the answer holds the files' contents.
 */
export function bundle({ write = true } = {}): Promise<BuildResult> {
  return build({
    entryPoints: { index: "index.ts", cli: "cli.ts" },
    absWorkingDir: import.meta.dirname,
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    write,
    bundle: true,
    // The pack must share the SDK's classes with the process that loads it.
    external: ["@pulumi/*"],
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "linked",
  });
}

if (import.meta.main) await bundle();
