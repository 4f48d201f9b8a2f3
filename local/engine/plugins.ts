import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { outcome } from "../exec.ts";
import { cacheDir } from "../paths.ts";

/** A provider plugin that the program needs, at the version of its npm package. */
interface Plugin {
  name: string;
  version: string;
}

/** Stand-ins by plugin; some check and preview only. */
const standIns: Record<string, { checkOnly: boolean }> = {
  kubernetes: { checkOnly: false },
  random: { checkOnly: false },
  hcloud: { checkOnly: true },
  tls: { checkOnly: true },
};
const commandsWithProviders = new Set(["preview", "pre", "up", "update", "destroy", "down", "refresh", "import"]);
const DOWNLOAD_SECONDS = 20;
const REMEMBERED_MS = 60 * 60 * 1000;

/**
 * The folders of the stand-ins that have to go on PATH because the real plugins are neither installed nor to be downloaded.
 * A failed download is remembered for an hour. Every stand-in chosen is announced on stderr.
 */
export async function standInFolders(
  args: string[],
  pulumi: string,
  env: Record<string, string>,
  memory = join(cacheDir, "unavailable-plugins"),
): Promise<string[]> {
  if (!args.some((arg) => commandsWithProviders.has(arg))) return [];
  const missing = Object.keys(standIns)
    .map(plugin)
    .filter((plugin) => !isInstalled(plugin, env));
  const available = await Promise.all(missing.map((plugin) => isDownloaded(plugin, pulumi, env, memory)));
  const unavailable = missing.filter((_, index) => available[index] === false);
  for (const { name, version } of unavailable) {
    const real = `pulumi-resource-${name} ${version}`;
    const kind = standIns[name]?.checkOnly === true ? "check-only stand-in" : "stand-in";
    process.stderr.write(`${kind} for ${real}: the real plugin could not be downloaded\n`);
  }
  return unavailable.map(({ name }) => join(import.meta.dirname, "plugins", name));
}

function plugin(name: string): Plugin {
  const file = createRequire(import.meta.url).resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return { name, version };
}

/** In the engine's plugin cache, or put on PATH by the user. */
function isInstalled({ name, version }: Plugin, env: Record<string, string>): boolean {
  const home = env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, `pulumi-resource-${name}`));
  return [join(home, "plugins", `resource-${name}-v${version}`), ...onPath].some((file) => existsSync(file));
}

async function isDownloaded(
  { name, version }: Plugin,
  pulumi: string,
  env: Record<string, string>,
  memory: string,
): Promise<boolean> {
  const refused = join(memory, `${name}-${version}`);
  if (existsSync(refused) && Date.now() - statSync(refused).mtimeMs < REMEMBERED_MS) return false;
  const install = ["plugin", "install", "resource", name, version];
  const tried = await outcome(pulumi, install, { env, timeoutSeconds: DOWNLOAD_SECONDS }).catch(() => undefined);
  if (tried?.code === 0) return true;
  mkdirSync(memory, { recursive: true });
  writeFileSync(refused, "");
  return false;
}
