import { outcome, run } from "../exec.ts";
import { Refusal } from "../log.ts";
import type { ImageConfig } from "./archive.ts";

/** Tag of the PostgreSQL image: CloudNativePG reads the major version from its start. */
export const operandImage = "localhost/postgresql:15-bookworm";

/** CloudNativePG runs PostgreSQL with this user and group id, whatever the image says. */
const postgresId = "26";

const packages = ["postgresql-15", "ca-certificates", "openssl"];

const hooks = {
  essential: [
    // The package must not create a cluster of its own.
    'mkdir -p "$1/etc/postgresql-common"',
    'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
  ],
  customize: [
    `chroot "$1" find / -xdev -user postgres -exec chown --no-dereference ${postgresId}:${postgresId} {} +`,
    `chroot "$1" usermod --non-unique --uid ${postgresId} --gid ${postgresId} postgres`,
  ],
};

const excluded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Everything that shapes the operand image: a change packs it anew. */
export const operandRecipe = { suite: "bookworm", packages, hooks, excluded };

/** How the operand's containers start when nothing else is said. */
export const operandConfig: ImageConfig = {
  User: `${postgresId}:${postgresId}`,
  Env: ["PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
  Cmd: ["/bin/bash"],
};

/** Writes the operand's file system: a minimal Debian with PostgreSQL, from the same package archives as this machine. */
export async function writeOperandLayer(layer: string): Promise<void> {
  const { suite } = operandRecipe;
  const args = [
    "--variant=minbase",
    "--format=tar",
    `--include=${packages.join(",")}`,
    ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...hooks.essential.map((hook) => `--essential-hook=${hook}`),
    ...hooks.customize.map((hook) => `--customize-hook=${hook}`),
    ...[suite, layer, ...(await debianSources())],
  ];
  await run("mmdebstrap", args, { timeoutSeconds: 1200 });
}

async function debianSources(): Promise<string[]> {
  const fields = ["ORIGIN", "REPO_URI", "RELEASE", "COMPONENT"].map((field) => `$(${field})`);
  const targets = ["indextargets", "--format", fields.join("|"), "Created-By: Packages"];
  const listed = sourceLines((await outcome("apt-get", targets)).stdout);
  if (listed.length > 0) return listed;
  // A fresh machine has no package lists yet, and apt does not know then whose archives it has.
  await run("apt-get", ["update"], { timeoutSeconds: 300 });
  const sources = sourceLines(await run("apt-get", targets));
  if (sources.length === 0)
    throw new Refusal("apt: no Debian archive among this machine's sources; add one for bookworm");
  return sources;
}

/** Debian's own among the apt targets (`origin|uri|release|component`), as lines of a sources.list. */
export function sourceLines(targets: string): string[] {
  const lines = targets.split("\n").map((line) => line.split("|"));
  const ours = lines.filter(([origin, , release]) => origin === "Debian" && release?.startsWith(operandRecipe.suite));
  return [...new Set(ours.map(([, ...source]) => `deb ${source.join(" ")}`))];
}
