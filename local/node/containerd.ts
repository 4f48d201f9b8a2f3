import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { outcome, run } from "../exec.ts";
import { step } from "../log.ts";
import { untilReady } from "./daemon.ts";
import type { PackedImage } from "./images.ts";
import { configFile } from "./config.ts";
import { paths } from "./layout.ts";

const ctr = (...args: string[]) => ["--address", paths.containerdSocket, "--namespace", "k8s.io", ...args];

/** Waits until containerd answers. */
export async function untilContainerdAnswers(): Promise<void> {
  await untilReady("containerd", "answering", 30, async () => (await outcome("ctr", ctr("version"))).code === 0);
}

/** Imports the images that containerd does not have yet in this content. */
export async function importImages(images: readonly PackedImage[]): Promise<void> {
  const record = configFile("imported");
  const imported = existsSync(record) ? readFileSync(record, "utf8").split("\n") : [];
  for (const { tag, archive } of images) {
    if (imported.includes(archive)) continue;
    const started = process.uptime();
    await run("ctr", ctr("images", "import", archive), { timeoutSeconds: 300 });
    imported.push(archive);
    writeFileSync(record, imported.join("\n"));
    step(`imported ${tag} in ${(process.uptime() - started).toFixed(1)} s`);
  }
}
