import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../log.ts";
import { tool } from "../toolchain.ts";
import { sha256, writeArchive, writeLayer, type ImageConfig, type LayerEntry } from "./archive.ts";
import { pauseImage } from "./config.ts";
import { writeDebianLayer, type DebianRecipe } from "./debian.ts";
import { imageDir } from "./layout.ts";
import { operandConfig, operandImage, operandRecipe } from "./operand.ts";
import { pgbouncerConfig, pgbouncerImage, pgbouncerRecipe } from "./pgbouncer.ts";

/** Tag of CoreDNS' image. */
export const corednsImage = "localhost/coredns:1.14.0";
/** Tag of the volume provisioner's image. */
export const provisionerImage = "localhost/local-path-provisioner:v0.0.30";
/** Tag of CloudNativePG's operator, as its release manifest names it. */
export const operatorImage = "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0";

/** An image packed on this machine. */
export interface PackedImage {
  tag: string;
  /** Path of its docker-archive, whose name changes with its content. */
  archive: string;
}

/** Packs every image that the node needs, or finds it in the cache. */
export async function packImages(): Promise<PackedImage[]> {
  for (const folder of globSync("unfinished-*", { cwd: imageDir }))
    await rm(join(imageDir, folder), { recursive: true });
  const manager = await tool("manager");
  return [
    await packFiles(pauseImage, [{ path: "/pause", file: "/usr/bin/catatonit" }], { Entrypoint: ["/pause", "-P"] }),
    await packFiles(corednsImage, [{ path: "/coredns", file: await tool("coredns") }], { Entrypoint: ["/coredns"] }),
    await packFiles(
      provisionerImage,
      [{ path: "/usr/bin/local-path-provisioner", file: await tool("local-path-provisioner") }],
      { Cmd: ["/usr/bin/local-path-provisioner"] },
    ),
    await packFiles(
      operatorImage,
      [
        { path: "/operator/manager_amd64", file: manager },
        { path: "/manager", link: "operator/manager_amd64" },
      ],
      { Entrypoint: ["/manager"], User: "65532:65532", WorkingDir: "/" },
    ),
    await packDebian(operandImage, operandRecipe, operandConfig),
    await packDebian(pgbouncerImage, pgbouncerRecipe, pgbouncerConfig),
  ];
}

function packDebian(tag: string, recipe: DebianRecipe, config: ImageConfig): Promise<PackedImage> {
  return packImage(tag, recipe, config, (layer) => writeDebianLayer(recipe, layer));
}

async function packFiles(tag: string, entries: LayerEntry[], config: ImageConfig): Promise<PackedImage> {
  const contents = entries.map(async (entry) => [entry.path, "link" in entry ? entry.link : await sha256(entry.file)]);
  return packImage(tag, await Promise.all(contents), config, (layer) => writeLayer(layer, entries));
}

/** Packs an image unless one of the same recipe is in the cache. An interrupted run leaves nothing that looks finished. */
async function packImage(
  tag: string,
  recipe: unknown,
  config: ImageConfig,
  write: (layer: string) => Promise<void>,
): Promise<PackedImage> {
  const digest = createHash("sha256")
    .update(JSON.stringify([tag, recipe, config]))
    .digest("hex")
    .slice(0, 16);
  const base = tag.replace(/^.*\//, "").replace(":", "_");
  const archive = join(imageDir, `${base}-${digest}.tar`);
  if (existsSync(archive)) return { tag, archive };

  const started = process.uptime();
  step(`packing image ${tag}`);
  await mkdir(imageDir, { recursive: true });
  const unfinished = await mkdtemp(join(imageDir, "unfinished-"));
  const layer = join(unfinished, "layer.tar");
  await write(layer);
  await writeArchive(join(unfinished, "image.tar"), tag, layer, config);
  await rename(join(unfinished, "image.tar"), archive);
  await rm(unfinished, { recursive: true });
  step(`packed image ${tag} in ${(process.uptime() - started).toFixed(0)} s`);
  return { tag, archive };
}
