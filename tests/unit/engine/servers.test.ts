import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle, sources } from "../../../local/engine/servers.ts";

test("each server that the engine starts is a file, and a change of anything in it makes new ones", async () => {
  const folder = mkdtempSync(join(tmpdir(), "servers-"));
  try {
    const { metafile, warnings } = await bundle(folder);
    expect(warnings).toEqual([]);
    const files = readdirSync(folder).filter((file) => !file.startsWith("chunk-"));
    expect(files.sort()).toEqual(["hcloud.mjs", "kubernetes.mjs", "language.mjs", "random.mjs", "tls.mjs"]);
    const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
    expect(own.length).toBeGreaterThan(30);
    expect(sources()).toEqual(expect.arrayContaining(own));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
