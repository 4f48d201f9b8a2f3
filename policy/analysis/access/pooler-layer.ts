import ipaddr from "ipaddr.js";
import { decide, operandServer, parseLines } from "../hba/index.ts";
import { remember } from "../network/remember.ts";
import type { Pooler } from "./cluster.ts";
import type { HbaLine } from "./visible-lines.ts";

/** What the operator writes after a Pooler's own lines: whom none of them turns away may try a password. */
const tail = ["host all all 0.0.0.0/0 md5", "host all all ::/0 md5"];

/** PgBouncer reads the lines as PostgreSQL does, as far as these are concerned. */
const server = operandServer(18);

/** Nobody's addresses in particular. */
const anywhere = ["192.0.2.1", "2001:db8::1"];

/**
 * Whether PgBouncer lets somebody through, from some address, with TLS or without, whom a line of its cluster's pg_hba then lets in. It looks at
 * roles and databases before PostgreSQL does; what is not known, or names no single one, is taken to pass.
 */
export function passesPooler(pooler: Pooler, { databases, roles }: HbaLine): boolean {
  const file = readLines(pooler);
  if (file === undefined || [...databases, ...roles].some((name) => !isLiteral(name))) return true;
  return databases.some((database) =>
    roles.some((user) =>
      file.addresses.some((address) =>
        [true, false].some((ssl) => {
          const connection = { address, ssl, replication: false, database, user, roles: null };
          const verdict = decide(file.entries, connection, server);
          return verdict.kind !== "none" && verdict.rule.method !== "reject";
        }),
      ),
    ),
  );
}

const readLines = remember(({ pgHba }: Pooler) => {
  if (pgHba === undefined) return undefined;
  const { entries } = parseLines([...pgHba, ...tail].join("\n"), server);
  if (entries.length === 0) return undefined;
  const ranges = entries.flatMap(({ rule }) =>
    rule?.address?.kind === "range" ? [ipaddr.fromByteArray([...rule.address.address]).toString()] : [],
  );
  return { entries, addresses: [...anywhere, ...ranges] };
});

/** Whether a name of a line is that of one role or database. */
function isLiteral(name: string): boolean {
  return !/^(all|sameuser|samerole|samegroup|replication)$|^["+/@]/.test(name);
}
