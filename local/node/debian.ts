import { outcome, run } from "../exec.ts";
import { Refusal } from "../log.ts";

/** Everything that shapes the file system of an image made of Debian packages: a change packs it anew. */
export interface DebianRecipe {
  /** Release of Debian. */
  suite: string;
  packages: readonly string[];
  /** Shell commands with the new root in `$1`: before the packages are set up, and after that. */
  hooks: { essential: readonly string[]; customize: readonly string[] };
  /** Paths that are left out. */
  excluded: readonly string[];
}

/** What no container needs. */
export const DOCUMENTATION = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Release of Debian that this machine is. */
const machine = "bookworm";

/** Writes a minimal Debian with these packages, from the same package archives as this machine. */
export async function writeDebianLayer(recipe: DebianRecipe, layer: string): Promise<void> {
  const { suite, packages, hooks, excluded } = recipe;
  const args = [
    "--variant=minbase",
    "--format=tar",
    `--include=${packages.join(",")}`,
    ...(await aptSettings()).map((setting) => `--aptopt=${setting}`),
    ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...hooks.essential.map((hook) => `--essential-hook=${hook}`),
    ...hooks.customize.map((hook) => `--customize-hook=${hook}`),
    ...[suite, layer, ...(await debianSources(suite))],
  ];
  await run("mmdebstrap", args, { timeoutSeconds: 1200 });
}

/** How this machine reaches its package archives: mmdebstrap's own apt reads none of the machine's settings. */
async function aptSettings(): Promise<string[]> {
  const settings = await run("apt-config", [
    "dump",
    "--no-empty",
    "Acquire::http",
    "Acquire::https",
    "Acquire::Retries",
  ]);
  return settings.split("\n").filter(Boolean);
}

async function debianSources(suite: string): Promise<string[]> {
  const fields = ["ORIGIN", "REPO_URI", "RELEASE", "COMPONENT"].map((field) => `$(${field})`);
  const targets = ["indextargets", "--format", fields.join("|"), "Created-By: Packages"];
  const listed = sourceLines((await outcome("apt-get", targets)).stdout, suite);
  if (listed.length > 0) return listed;
  // A fresh machine has no package lists yet, and apt does not know then whose archives it has.
  await run("apt-get", ["update"], { timeoutSeconds: 300 });
  const sources = sourceLines(await run("apt-get", targets), suite);
  if (sources.length === 0)
    throw new Refusal(`apt: no Debian archive among this machine's sources; add one for ${machine}`);
  return sources;
}

/**
 * Debian's own among the apt targets (`origin|uri|release|component`), as lines of a sources.list: the same archives hold
 * every release.
 */
export function sourceLines(targets: string, suite: string): string[] {
  const lines = targets.split("\n").map((line) => line.split("|"));
  const ours = lines.filter(([origin, , release]) => origin === "Debian" && release?.startsWith(machine));
  return [
    ...new Set(
      ours.map(([, uri, release, component]) => ["deb", uri, release?.replace(machine, suite), component].join(" ")),
    ),
  ];
}
