import type { Address } from "./address.ts";
import type { Bytes } from "./bytes.ts";
import type { Regex } from "./regex/index.ts";
import type { Token } from "./tokens.ts";

export const connectionTypes = ["local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"] as const;
export type ConnectionType = (typeof connectionTypes)[number];

export const methods = [
  "trust",
  "ident",
  "peer",
  "password",
  "gss",
  "sspi",
  "reject",
  "md5",
  "scram-sha-256",
  "pam",
  "bsd",
  "ldap",
  "cert",
  "radius",
  "oauth",
] as const;
export type Method = (typeof methods)[number];

/** A database or user name of a line: literal, keyword, group or, since PostgreSQL 16, regular expression. */
export interface Name extends Token {
  /** What follows the slash of `/regex`. */
  readonly regex: Regex | undefined;
}

/** One line that PostgreSQL accepts. */
export interface Rule {
  readonly type: ConnectionType;
  readonly databases: readonly Name[];
  readonly users: readonly Name[];
  /** Undefined for `local`. */
  readonly address: Address | undefined;
  readonly method: Method;
  /** The options in effect, the implied ones included, as `name=value` in the order of `pg_hba_file_rules`. */
  readonly options: readonly Bytes[];
}

/** What is wrong with a line. */
export class LineError extends Error {}
