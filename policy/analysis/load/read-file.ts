import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The largest file that is read, in bytes. A pod has no business being megabytes long; a state with thousands may be. */
export const maxFileSize = 64 * 1024 * 1024;

const chunkSize = 256 * 1024;

/**
 * The bytes of a file, of a pipe or, for `-`, of standard input, none of which need ever end.
 * @throws Error where it cannot be read or is larger than {@link maxFileSize}
 */
export function readFile(path: string): Buffer {
  const descriptor = path === "-" ? 0 : openSync(path, "r");
  try {
    if (fstatSync(descriptor).isDirectory()) throw new Error(`${path} is a directory, not a file`);
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.allocUnsafe(chunkSize);
      const length = readSync(descriptor, chunk);
      size += length;
      if (size > maxFileSize) throw new Error(`${path} is larger than ${String(maxFileSize / 1024 / 1024)} MiB`);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}
