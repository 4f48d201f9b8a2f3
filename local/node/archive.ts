import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";

/** What a container of the image runs by default, in the image specification's own words. */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
}

/** One entry of an image's only layer: a file of this machine, or a symbolic link. */
export type LayerEntry = { path: string; file: string } | { path: string; link: string };

/** Writes a layer of a few files, all of them executable and owned by root. */
export async function writeLayer(target: string, entries: readonly LayerEntry[]): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(target));
  // The same content must always give the same layer.
  const common = { mtime: new Date(0), mode: 0o755 };
  for (const folder of parentFolders(entries)) tar.entry({ ...common, name: folder, type: "directory" });
  for (const entry of entries) {
    const name = entry.path.replace(/^\//, "");
    if ("link" in entry) {
      tar.entry({ ...common, name, type: "symlink", linkname: entry.link });
    } else {
      const { size } = await stat(entry.file);
      await pipeline(createReadStream(entry.file), tar.entry({ ...common, name, size }));
    }
  }
  tar.finalize();
  await written;
}

/** Writes a docker-archive: the layer, its configuration, and the tag that leads to them. */
export async function writeArchive(target: string, tag: string, layer: string, config: ImageConfig): Promise<void> {
  const diff = await sha256(layer);
  const image = JSON.stringify(imageDocument(diff, config));
  const configName = `${createHash("sha256").update(image).digest("hex")}.json`;
  const layerName = `${diff}/layer.tar`;
  const manifest = [{ Config: configName, RepoTags: [tag], Layers: [layerName] }];

  const tar = pack();
  const written = pipeline(tar, createWriteStream(target));
  tar.entry({ name: configName }, image);
  const { size } = await stat(layer);
  await pipeline(createReadStream(layer), tar.entry({ name: layerName, size }));
  tar.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  tar.finalize();
  await written;
}

/** The image's own document, for one layer whose uncompressed content has the given SHA-256. */
export function imageDocument(layerDigest: string, config: ImageConfig): object {
  return {
    architecture: "amd64",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
  };
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

function parentFolders(entries: readonly LayerEntry[]): string[] {
  const folders = entries.flatMap(({ path }) => {
    const parts = path.split("/").filter(Boolean).slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(folders)];
}
