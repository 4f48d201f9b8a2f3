import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";

/**
 * The Pulumi that the user has installed, with its Node.js language host beside it or on PATH; undefined where there is none.
 * What lies in a node_modules folder does not count: npm's `pulumi` is a launcher that downloads Pulumi first.
 */
export function installedPulumi(path = process.env["PATH"] ?? ""): string | undefined {
  const folders = path
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.split(sep).includes("node_modules"));
  const find = (name: string, among: string[]) => among.map((folder) => join(folder, name)).find(isExecutable);
  const pulumi = find("pulumi", folders);
  if (pulumi === undefined) return undefined;
  return find("pulumi-language-nodejs", [dirname(realpathSync(pulumi)), ...folders]) && pulumi;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
