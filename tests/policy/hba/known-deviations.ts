import { isDeepStrictEqual } from "node:util";
import type { Major, ReportedRule } from "../../../policy/analysis/hba/index.ts";

/** Where PostgreSQL's view shows something else than the server does with the file. */
export interface KnownDeviation {
  readonly name: string;
  /** Where it can be read. */
  readonly source: string;
  readonly since: Major;
  /** Whether a row of the view differs from ours for this reason alone. */
  readonly explains: (ours: ReportedRule, shown: ReportedRule) => boolean;
  /** Lines that show it, each in a file of its own. */
  readonly examples: readonly string[];
  /** Whether the examples show it with `ssl` on or off. */
  readonly ssl: boolean;
}

const repository = "https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/libpq";
const futilities: readonly (string | null)[] = [
  "hostssl record cannot match because SSL is disabled",
  "hostgssenc record cannot match because GSSAPI is not supported by this build",
];
const silentRefusals =
  /^(?:invalid value for client(?:cert|name): |could not translate RADIUS server name |could not parse RADIUS (?:server|secret|identifiers) list |invalid RADIUS port number: )/;

export const knownDeviations: readonly KnownDeviation[] = [
  {
    name: "the view shows neither rule nor error for some refused options",
    source: `${repository}/hba.c: parse_hba_auth_opt returns false without setting err_msg`,
    since: 14,
    explains: (ours, shown) =>
      ours.error !== null &&
      silentRefusals.test(ours.error) &&
      shown.type === null &&
      (shown.error === null || futilities.includes(shown.error)),
    examples: [
      "hostssl all all all scram-sha-256 clientcert=1",
      "hostssl all all all cert clientname=cn",
      "host all all all radius radiusservers=nobody.test radiussecrets=s",
      'host all all all radius radiusservers=",a" radiussecrets=s',
      'host all all all radius radiusservers=127.0.0.1 radiussecrets="""s"',
      "host all all all radius radiusservers=127.0.0.1 radiussecrets=s radiusports=0",
      'host all all all radius radiusservers=127.0.0.1 radiussecrets=s radiusidentifiers=",a"',
    ],
    ssl: true,
  },
  {
    name: "the view forgets that an oauth line can never match",
    source: `${repository}/auth-oauth.c: check_oauth_validator resets err_msg`,
    since: 18,
    explains: (ours, shown) =>
      ours.method === "oauth" && futilities.includes(ours.error) && isDeepStrictEqual({ ...ours, error: null }, shown),
    examples: ["hostssl all all all oauth issuer=https://issuer.test scope=openid"],
    ssl: false,
  },
];
