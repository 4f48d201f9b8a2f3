import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Major } from "../../../policy/analysis/hba/index.ts";

/** The binaries of one server. */
export interface Installation {
  readonly major: Major;
  /** Says which build it is. */
  readonly name: string;
  readonly bin: string;
  /** What was compiled in. */
  readonly methods: readonly ("gss" | "ldap" | "pam")[];
}

/** The server of a major version from npm. It is built without GSSAPI, LDAP and PAM. */
export function npmInstallation(major: Major): Installation {
  const manifest = createRequire(import.meta.url).resolve(`postgres-${String(major)}`);
  return { major, name: `npm ${String(major)}`, bin: join(dirname(manifest), "..", "native", "bin"), methods: [] };
}

/** Debian's server, which is built as the operand images are; undefined where it is not installed. */
export function debianInstallation(): Installation | undefined {
  const bin = "/usr/lib/postgresql/15/bin";
  return existsSync(join(bin, "postgres"))
    ? { major: 15, name: "Debian 15", bin, methods: ["gss", "ldap", "pam"] }
    : undefined;
}
