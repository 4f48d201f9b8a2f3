import type { ImageConfig } from "./archive.ts";
import { DOCUMENTATION, type DebianRecipe } from "./debian.ts";

/** Tag of the PgBouncer image. */
export const pgbouncerImage = "localhost/pgbouncer:1.24-trixie";

/** CloudNativePG runs PgBouncer with this user and group id, whatever the image says. */
const [user, group] = ["998", "996"];

/** A minimal Debian with PgBouncer. CloudNativePG sets auth_dbname, which the PgBouncer of bookworm does not know yet. */
export const pgbouncerRecipe: DebianRecipe = {
  suite: "trixie",
  packages: ["pgbouncer"],
  hooks: {
    essential: [],
    customize: [
      // The instance manager starts it from there, and asks for statistics by peer authentication.
      'ln -s ../sbin/pgbouncer "$1/usr/bin/pgbouncer"',
      `chroot "$1" groupadd --gid ${group} pgbouncer`,
      `chroot "$1" useradd --uid ${user} --gid ${group} --no-create-home pgbouncer`,
    ],
  },
  excluded: DOCUMENTATION,
};

/** How PgBouncer's containers start when nothing else is said. */
export const pgbouncerConfig: ImageConfig = { User: `${user}:${group}`, Env: ["LANG=C.UTF-8"], Cmd: ["/bin/bash"] };
