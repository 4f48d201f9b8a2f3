import type { Name, Rule } from "../hba/index.ts";
import { matchRegex } from "../hba/regex/index.ts";
import { remember } from "../network/remember.ts";
import { allOf, anyOf, both, type Trilean } from "../trilean.ts";

/** The columns of a line that hold names. */
export type NameColumns = Pick<Rule, "databases" | "users">;

/**
 * Whether a line is for every database and every role that another one is for. Who is a member of a group is not known;
 * an expression is compared with names, and with nothing else than itself.
 */
export function covers(wide: NameColumns, part: NameColumns): Trilean {
  const users = columnOf(wide.users);
  const ofUsers = allOf(part.users, (user) =>
    isUser(user) && users.literal.has(user.text) ? true : anyOf(users.others, (one) => userCovers(one, user)),
  );
  if (ofUsers === false) return false;
  const databases = columnOf(wide.databases);
  const ofDatabases = allOf(part.databases, (database) =>
    isDatabase(database) && databases.literal.has(database.text)
      ? true
      : anyOf(databases.others, (one) => databaseCovers(one, database, part.users)),
  );
  return both(ofUsers, ofDatabases);
}

/** The names of a column: those that stand for themselves, which may be thousands, and the others. */
const columnOf = remember((names: readonly Name[]) => {
  // What is a keyword in only one of the columns is none of these: the others are looked at one by one.
  const isLiteral = (name: Name) => isUser(name) && isDatabase(name);
  return {
    literal: new Set(names.filter(isLiteral).map(({ text }) => text)),
    others: names.filter((name) => !isLiteral(name)),
  };
});

function userCovers(wide: Name, user: Name): Trilean {
  if (isAll(wide) || isSame(wide, user)) return true;
  if (!isUser(user)) return false;
  if (wide.regex !== undefined) return matchRegex(wide.regex, user.text) ?? null;
  if (isUser(wide)) return wide.text === user.text;
  // A role is a member of itself.
  return wide.text === `+${user.text}` ? true : null;
}

function databaseCovers(wide: Name, database: Name, users: readonly Name[]): Trilean {
  if (isSame(wide, database)) return true;
  if (isAll(wide)) return database.quoted || database.text !== "replication";
  if (!isDatabase(database)) return false;
  if (wide.regex !== undefined) return matchRegex(wide.regex, database.text) ?? null;
  if (isDatabase(wide)) return wide.text === database.text;
  const areOfItsName = users.every((user) => isUser(user) && user.text === database.text);
  if (wide.text === "sameuser" || wide.text === "replication") return wide.text === "sameuser" && areOfItsName;
  return areOfItsName ? true : users.every(isUser) ? null : false;
}

/** Whether a name of the role column is that of one role. */
export function isUser({ text, quoted, regex }: Name): boolean {
  return regex === undefined && (quoted || (text !== "all" && !text.startsWith("+")));
}

const databaseKeywords: ReadonlySet<string> = new Set(["all", "sameuser", "samerole", "samegroup", "replication"]);

/** Whether a name of the database column is that of one database. */
export function isDatabase({ text, quoted, regex }: Name): boolean {
  return regex === undefined && (quoted || !databaseKeywords.has(text));
}

/** Whether two names mean the same, whatever that is. */
function isSame(one: Name, other: Name): boolean {
  return one.text === other.text && (one.quoted === other.quoted || one.regex !== undefined);
}

function isAll({ text, quoted }: Name): boolean {
  return text === "all" && !quoted;
}
