import { readerRole } from "../../config/clientConflicts.ts";
import { bootstrapOf } from "../../config/conflicts.ts";
import type { Config } from "../../config/schema.ts";

/** A database, and who owns it: the first client that may write to it, unless the bootstrap says otherwise. */
export interface OwnedDatabase {
  name: string;
  owner: string;
  /** Group of those who may read everything in it, and may not log in itself. */
  reader: string;
}

/** Every database that a client uses, in the order of the clients. */
export function databasesOf(config: Pick<Config, "clients" | "database">): OwnedDatabase[] {
  const writers = config.clients.filter(({ access }) => access === "readWrite");
  const bootstrap = bootstrapOf(config);
  const firstWriter = (name: string) => writers.find(({ database }) => database === name)?.role ?? "";
  return [...new Set(writers.map(({ database }) => database))].map((name) => ({
    name,
    owner: name === bootstrap.database ? bootstrap.owner : firstWriter(name),
    reader: readerRole(name),
  }));
}

/**
 * SQL that lets the readers of a database read what its owner will make; one statement an item. Not `pg_read_all_data`:
 * that would let them read every other role's and the passwords' hashes, too.
 */
export function readerSql({ owner, reader }: OwnedDatabase): string[] {
  const whatWillBe = `ALTER DEFAULT PRIVILEGES FOR ROLE ${sqlName(owner)} GRANT`;
  return [
    `GRANT USAGE ON SCHEMA public TO ${sqlName(reader)}`,
    `${whatWillBe} USAGE ON SCHEMAS TO ${sqlName(reader)}`,
    `${whatWillBe} SELECT ON TABLES TO ${sqlName(reader)}`,
    `${whatWillBe} SELECT ON SEQUENCES TO ${sqlName(reader)}`,
  ];
}

/** SQL that lets them read what is there already, too. */
export function presentReaderSql({ reader }: OwnedDatabase): string[] {
  return ["TABLES", "SEQUENCES"].map((kind) => `GRANT SELECT ON ALL ${kind} IN SCHEMA public TO ${sqlName(reader)}`);
}

/** SQL that answers `t` where the readers can read what the owner will make. */
export function readerCheckSql({ owner, reader }: OwnedDatabase): string {
  return [
    "SELECT count(*) = 3 FROM pg_default_acl CROSS JOIN LATERAL aclexplode(defaclacl)",
    `WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = ${sqlText(owner)})`,
    `AND grantee = (SELECT oid FROM pg_roles WHERE rolname = ${sqlText(reader)})`,
    "AND defaclnamespace = 0",
    "AND (defaclobjtype, privilege_type) IN (('r', 'SELECT'), ('S', 'SELECT'), ('n', 'USAGE'))",
  ].join(" ");
}

/** A name in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
