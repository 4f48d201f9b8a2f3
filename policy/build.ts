import { build } from "esbuild";

/** Bundles the pack, which the engine starts, and the command line, which runs without an installation. */
await build({
  entryPoints: { index: "index.ts", cli: "cli.ts" },
  absWorkingDir: import.meta.dirname,
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  // The pack must share the SDK's classes with the process that loads it.
  external: ["@pulumi/*"],
  platform: "node",
  target: "node20",
  format: "cjs",
  legalComments: "linked",
});
