import type { Random } from "../../random.ts";
import { databases, roles, users } from "../world.ts";
import { many, weighted } from "./choose.ts";
import { regex } from "./regex.ts";

/** A token that stands for a text, quoted where it must be and sometimes where it need not be. */
export function token(random: Random, name: string): string {
  const text = Buffer.from(name).toString("latin1");
  const needsQuotes = text === "" || /[ \t\r,#"]/.test(text);
  return needsQuotes || random.chance(0.08) ? quoted(random, text) : text;
}

/** A list of databases. */
export function databaseList(random: Random): string {
  return list(random, () =>
    weighted(random, [
      [8, () => token(random, random.pick(databases))],
      [8, () => "all"],
      [1, () => random.pick(["sameuser", "samerole", "samegroup"])],
      [2, () => "replication"],
      [1.5, () => `/${regex(random, databases)}`],
    ])(),
  );
}

/** A list of users. */
export function userList(random: Random): string {
  return list(random, () =>
    weighted(random, [
      [8, () => token(random, random.pick(users))],
      [8, () => "all"],
      [3, () => groupToken(random)],
      [1.5, () => `/${regex(random, users)}`],
    ])(),
  );
}

function groupToken(random: Random): string {
  const group = random.pick([...roles.keys(), "no such group", ""]);
  return /[ "]/.test(group) ? `+"${group}"` : `+${group}`;
}

function list(random: Random, member: () => string): string {
  const members = many(random, 1, random.chance(0.3) ? 4 : 1, member);
  return members.reduce((text, next) => text + random.pick([",", ", ", ",\t", ",,", ", ,"]) + next);
}

/** Quotes from the start, around the end only, or in the middle: only the first kind takes away a special meaning. */
function quoted(random: Random, text: string): string {
  const quote = (part: string) => `"${part.replaceAll('"', '""')}"`;
  const plain = /^[^ \t\r,#"]*/.exec(text)?.[0].length ?? 0;
  const start = random.chance(0.3) ? random.between(0, plain) : 0;
  return text.slice(0, start) + quote(text.slice(start));
}
