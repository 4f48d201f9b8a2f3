import { build } from "esbuild";

/** Bundles the command line into one file that any Node.js from version 20 on runs without an installation. */
await build({
  entryPoints: ["cli.ts"],
  absWorkingDir: import.meta.dirname,
  outfile: "dist/cli.cjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  legalComments: "linked",
});
