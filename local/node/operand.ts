import type { ImageConfig } from "./archive.ts";
import { DOCUMENTATION, type DebianRecipe } from "./debian.ts";

/** Tag of the PostgreSQL image: CloudNativePG reads the major version from its start. */
export const operandImage = "localhost/postgresql:15-bookworm";

/** CloudNativePG runs PostgreSQL with this user and group id, whatever the image says. */
const postgresId = "26";

/** A minimal Debian with PostgreSQL. */
export const operandRecipe: DebianRecipe = {
  suite: "bookworm",
  packages: ["postgresql-15", "ca-certificates", "openssl"],
  hooks: {
    essential: [
      // The package must not create a cluster of its own.
      'mkdir -p "$1/etc/postgresql-common"',
      'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
    ],
    customize: [
      `chroot "$1" find / -xdev -user postgres -exec chown --no-dereference ${postgresId}:${postgresId} {} +`,
      `chroot "$1" usermod --non-unique --uid ${postgresId} --gid ${postgresId} postgres`,
    ],
  },
  excluded: DOCUMENTATION,
};

/** How the operand's containers start when nothing else is said. */
export const operandConfig: ImageConfig = {
  User: `${postgresId}:${postgresId}`,
  Env: ["PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
  Cmd: ["/bin/bash"],
};
