import type { Mutant } from "./mutant.ts";
import { client, clientBy, lockedOut, postgresOpen, refersToNothing, refused, sound } from "./words.ts";

const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const reject = "host all all all reject";
/** The line that the operator adds at the end. */
const lastLine = (tls: string) => `all all scram-sha-256 tls ${tls}`;

/** Other lines in place of these two. */
const lines = (name: string, finding: readonly string[], ...pg_hba: string[]): Mutant => ({
  name,
  change: ({ cluster }) => {
    cluster.spec.postgresql.pg_hba = pg_hba;
  },
  finding,
});

/** Lines of pg_hba, and the selectors that they refer to, that are taken away, narrowed and widened. */
export const hbaMutants: readonly Mutant[] = [
  lines("the closing line is gone", [...postgresOpen(lastLine("any")), clientBy(sound, lastLine("any"))], allow),
  lines("the closing line comes first", lockedOut, reject, allow),
  lines(
    "the closing line is for one database",
    [...postgresOpen(lastLine("any")), clientBy(sound, lastLine("any"))],
    allow,
    "host app all all reject",
  ),
  lines(
    "the closing line is for TLS alone",
    [...postgresOpen(lastLine("forbidden")), clientBy(sound, lastLine("forbidden"))],
    allow,
    "hostssl all all all reject",
  ),
  lines("the client's line is gone", lockedOut, reject),
  lines(
    "the client may come without TLS",
    [clientBy("app app_user scram-sha-256 tls any")],
    allow.replace("hostssl", "host"),
    reject,
  ),
  lines(
    "the client may not come with TLS",
    [clientBy("app app_user scram-sha-256 tls forbidden")],
    allow.replace("hostssl", "hostnossl"),
    reject,
  ),
  lines(
    "the client needs no password",
    [clientBy("app app_user trust tls required")],
    allow.replace("scram-sha-256", "trust"),
    reject,
  ),
  lines(
    "the client may be any role",
    [clientBy("app all scram-sha-256 tls required")],
    allow.replace("app_user", "all"),
    reject,
  ),
  lines(
    "the client may ask for any database",
    [clientBy("all app_user scram-sha-256 tls required")],
    allow.replace(" app ", " all "),
    reject,
  ),
  lines(
    "the client's role is a keyword in quotes",
    [clientBy('app "all" scram-sha-256 tls required')],
    allow.replace("app_user", '"all"'),
    reject,
  ),
  lines(
    "the client's line is for every address",
    [...postgresOpen(sound), `changed: ${client} 5432: declared -> open`],
    allow.replace("${podselector:app}", "all"),
    reject,
  ),
  lines(
    "the client's line refers to another selector",
    refersToNothing("apps"),
    allow.replace("podselector:app", "podselector:apps"),
    reject,
  ),
  lines(
    "a comment ends in a backslash",
    [...postgresOpen(lastLine("any")), clientBy(sound, lastLine("any"))],
    allow,
    "# nobody else \\",
    reject,
  ),
  lines(
    "the client's line ends in a backslash",
    refused("authentication option not in name=value format: host"),
    `${allow} \\`,
    reject,
  ),
  lines(
    "a line is not one",
    refused('invalid authentication method "scram"'),
    allow,
    "hostssl app app_user all scram",
    reject,
  ),
  {
    name: "the reference selects every pod of the namespace",
    change: ({ cluster }) => {
      for (const ref of cluster.spec.podSelectorRefs) ref.selector = {};
    },
    finding: [
      `changed: any other pod in production 5432: closed -> postgres-only ( -> ${sound})`,
      `changed: ${client} 5432: declared -> open`,
      `changed: client app in production 5432: locked-out ( -> ${sound})`,
    ],
  },
  {
    name: "the reference selects another label",
    change: ({ cluster }) => {
      for (const ref of cluster.spec.podSelectorRefs) ref.selector = { matchLabels: { app: "yourapp" } };
    },
    finding: [...lockedOut, `changed: client app (app=yourapp) in production 5432: locked-out ( -> ${sound})`],
  },
  {
    name: "the reference is gone",
    change: ({ cluster }) => {
      cluster.spec.podSelectorRefs = [];
    },
    finding: refersToNothing("app"),
  },
];
