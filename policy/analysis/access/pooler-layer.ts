import ipaddr from "ipaddr.js";
import { toText } from "../hba/bytes.ts";
import { decide, operandServer, parseLines, type Name, type Rule } from "../hba/index.ts";
import { remember } from "../network/remember.ts";
import type { Pooler } from "./cluster.ts";
import type { HbaLine } from "./visible-lines.ts";

/** What the operator writes after a Pooler's own lines: whom none of them turns away may try a password. */
const tail = ["host all all 0.0.0.0/0 md5", "host all all ::/0 md5"];

/** The last PostgreSQL whose names in slashes are names and no expressions, as PgBouncer's are. */
const server = operandServer(15);

/** Nobody's addresses in particular. */
const anywhere = ["192.0.2.1", "2001:db8::1"];

/**
 * Whether PgBouncer lets somebody through, with TLS or without, whom a line of its cluster's pg_hba then lets in. It looks at
 * roles and databases before PostgreSQL does; what is not known, or names no single one, is taken to pass.
 * @param addresses where they come from; any address, where none is known
 */
export function passesPooler(pooler: Pooler, { databases, roles }: HbaLine, addresses: readonly string[]): boolean {
  const file = readLines(pooler);
  if (file === undefined || [...databases, ...roles].some((name) => !isLiteral(name))) return true;
  return databases.some((database) =>
    roles.some((user) =>
      (addresses.length > 0 ? addresses : file.addresses).some((address) =>
        [true, false].some((ssl) => {
          const connection = { address, ssl, replication: false, database, user, roles: [] };
          const verdict = decide(file.entries, connection, server);
          return verdict.kind === "undecided" || (verdict.kind === "match" && verdict.rule.method !== "reject");
        }),
      ),
    ),
  );
}

/** The lines as PgBouncer takes them; none where it reads none, for it does with `auth_type: hba` alone, or they are not known. */
const readLines = remember(({ pgHba, readsHba }: Pooler) => {
  if (pgHba === undefined || !readsHba) return undefined;
  const { entries: all } = parseLines([...pgHba, ...tail].join("\n"), server);
  if (all.length === 0) return undefined;
  const entries = all.filter(({ rule }) => rule !== undefined && isTaken(rule));
  const ranges = entries.flatMap(({ rule }) =>
    rule?.address?.kind === "range" ? [ipaddr.fromByteArray([...rule.address.address]).toString()] : [],
  );
  return { entries, addresses: [...anywhere, ...ranges] };
});

const types: readonly string[] = ["local", "host", "hostssl", "hostnossl"];
const methods: readonly string[] = ["trust", "reject", "md5", "password", "peer", "cert", "scram-sha-256", "ldap"];

/** PgBouncer passes over every line that it does not understand. Source: PgBouncer 1.25, hba.c, parse_line and parse_names. */
function isTaken({ type, databases, users, address, method }: Rule): boolean {
  return (
    types.includes(type) &&
    methods.includes(method) &&
    (address === undefined || address.kind === "all" || address.kind === "range") &&
    ![...databases, ...users].some(isGroup)
  );
}

function isGroup({ text, quoted }: Name): boolean {
  return !quoted && /^(?:samerole|samegroup|[+@].*)$/s.test(toText(text));
}

/** Whether a name of a line is that of one role or database. */
function isLiteral(name: string): boolean {
  return !/^(all|sameuser|samerole|samegroup|replication)$|^["+/@]/.test(name);
}
