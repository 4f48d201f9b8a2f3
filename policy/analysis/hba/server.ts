/** The major versions of PostgreSQL whose pg_hba.conf is understood. */
export const majors = [14, 15, 16, 17, 18] as const;
export type Major = (typeof majors)[number];

/** An address of the server's own, which `samehost` and `samenet` compare with. */
export interface ServerAddress {
  readonly address: string;
  /** As an address, like `255.255.255.0`. */
  readonly netmask: string;
}

/** What the meaning of a pg_hba.conf depends on besides its text. */
export interface Server {
  readonly major: Major;
  /** Whether `ssl` is on; without it `hostssl` lines are in force but never match. */
  readonly ssl: boolean;
  /** The authentication methods that were compiled in, out of those that may be left out of a build. */
  readonly methods: readonly ("gss" | "ldap" | "pam")[];
  /** The setting `oauth_validator_libraries`. */
  readonly oauthValidators: readonly string[];
  /** All addresses of the server; undefined where only the loopback addresses are known. */
  readonly addresses: readonly ServerAddress[] | undefined;
  /** Whether the server can resolve a host name, which it does for `radiusservers` when it reads the file. */
  readonly resolves: (name: string) => boolean;
}

/** A server as CloudNativePG runs it: TLS on, the build of the PostgreSQL project's Debian packages. */
export function operandServer(major: Major): Server {
  return {
    major,
    ssl: true,
    methods: ["gss", "ldap", "pam"],
    oauthValidators: [],
    addresses: undefined,
    resolves: () => true,
  };
}
