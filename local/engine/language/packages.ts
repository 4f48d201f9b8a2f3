import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The fields of a package.json that say which provider plugin the package needs. */
interface PackageJson {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** A provider plugin that a program needs. */
export interface RequiredPlugin {
  name: string;
  /** With a leading "v". */
  version: string;
  /** Where to download it, if not from the default place. */
  server: string;
}

/** Every provider plugin named by a package installed under the directory, nested packages included. */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  return installedPackages(join(directory, "node_modules")).flatMap((folder) => {
    const { name = "", version, pulumi } = readPackage(folder);
    if (pulumi?.resource !== true) return [];
    const plugin = pulumi.name ?? (name.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined);
    const at = pulumi.version ?? version;
    if (plugin === undefined || at === undefined) return [];
    return [{ name: plugin, version: `v${at.replace(/^v/, "")}`, server: pulumi.server ?? "" }];
  });
}

/** The direct dependencies of a program with their installed versions. */
export function directDependencies(directory: string): { name: string; version: string }[] {
  const { dependencies, devDependencies } = readPackage(directory);
  return Object.keys({ ...dependencies, ...devDependencies })
    .sort()
    .map((name) => ({ name, version: readPackage(join(directory, "node_modules", name)).version ?? "" }));
}

function installedPackages(nodeModules: string): string[] {
  if (!existsSync(nodeModules)) return [];
  const folders = readdirSync(nodeModules)
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(nodeModules, name)).map((sub) => join(name, sub)) : name,
    )
    .map((name) => join(nodeModules, name))
    .filter((folder) => existsSync(join(folder, "package.json")));
  return folders.flatMap((folder) => [folder, ...installedPackages(join(folder, "node_modules"))]);
}

function readPackage(folder: string): PackageJson {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageJson) : {};
}
