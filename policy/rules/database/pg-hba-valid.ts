import { readReference } from "../../analysis/hba/index.ts";
import { at, list, quote, text, type Json } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";
import { pgHbaPath, readHbaLines, titleOf, unknownLines, type HbaLine } from "./hba-lines.ts";
import { insteadOfTutorialForm } from "./tutorial-form.ts";

type Problem = Omit<Finding, "path">;

/** One bad line refuses the whole file: a reload keeps the old lines, and the next start fails, often in a failover. */
export const pgHbaValid: ObjectRule = {
  scope: "object",
  name: "pg-hba-valid",
  level: "mandatory",
  severity: "high",
  description: "Every pg_hba line of a Cluster must mean to PostgreSQL what it says: the operator writes it unseen.",
  fix: "write one line an item: TYPE DATABASE USER ADDRESS METHOD",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object) {
    const pgHba = at(object.body, ...pgHbaPath);
    if (pgHba !== undefined && pgHba !== null && !Array.isArray(pgHba) && !isUnknown(pgHba)) {
      return [{ path: pgHbaPath, message: `pg_hba is ${quote(pgHba)}`, fix: "write a list of strings" }];
    }
    const items = list(pgHba);
    const { major, lines, errors } = readHbaLines(object);
    const refused = (item: number | undefined) =>
      errors
        .filter((error) => error.item === item)
        .map(({ message }) => ({
          message: `PostgreSQL ${String(major)} refuses it: ${shown(message, items[item ?? -1])}`,
        }));
    return [
      ...unknownLines(object),
      ...refused(undefined).map((problem) => ({ ...problem, path: pgHbaPath })),
      ...items.flatMap((item, index) => {
        const own = isUnknown(item) ? [] : problemsOf(item, index < items.length - 1);
        const read = lines.filter((line) => line.item === index).flatMap(misread);
        return [...(own.length > 0 ? own : refused(index)), ...read].map((problem) => ({
          ...problem,
          path: [...pgHbaPath, index],
          message: `${titleOf(index)} ${problem.message}`,
        }));
      }),
    ];
  },
};

/** PostgreSQL's words may hold a part of the line: not where that may be a secret. */
function shown(message: string, item: Json | undefined): string {
  return /passw|secret/i.test(text(item) ?? "") ? "not shown, since the line holds a secret" : message;
}

/** What is wrong with the text itself, before PostgreSQL reads it. */
function problemsOf(item: Json, isFollowed: boolean): readonly Problem[] {
  const line = text(item);
  if (line === undefined) return [{ message: `is ${quote(item)}`, fix: "write it as a string, in quotes" }];
  const instead = insteadOfTutorialForm(line);
  if (instead !== undefined) return [{ message: "has a form that CloudNativePG does not know", fix: instead }];
  return [...lineEndProblems(line, isFollowed), ...characterProblems(line), ...referenceProblems(line)];
}

function lineEndProblems(line: string, isFollowed: boolean): readonly Problem[] {
  const problems: Problem[] = [];
  if (/\n\s*\S/.test(line)) {
    problems.push({
      message: "holds a newline, which begins another line",
      fix: "write each line as an item of its own",
    });
  }
  if (isFollowed && line.endsWith("\\")) {
    problems.push({ message: "ends in a backslash, which swallows the next line", fix: "remove the backslash" });
  }
  return problems;
}

/** Blanks that look like spaces and are none, and marks that are not seen at all. */
function characterProblems(line: string): readonly Problem[] {
  const [char] = /[\p{Cf}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u.exec(line.replace(/^\s*#.*/, "")) ?? [];
  if (char === undefined) return [];
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return [{ message: `holds ${code}, which PostgreSQL takes for a part of a word`, fix: "write plain spaces" }];
}

function referenceProblems(line: string): readonly Problem[] {
  const reference = readReference(line);
  const fix = "write one ${podselector:NAME}, in the address column, with a NAME from spec.podSelectorRefs";
  if (reference !== undefined && reference.type !== "podselector") {
    return [{ message: `refers to a ${reference.type}, which CloudNativePG does not know`, fix }];
  }
  const rest = reference === undefined ? line : reference.before + reference.after;
  if (!rest.includes("${")) return [];
  const message =
    reference === undefined ? "has a ${ that CloudNativePG does not expand" : "has more than one reference";
  return [{ message, fix }];
}

const keywords = new Set(["all", "replication", "sameuser", "samerole", "samehost", "samenet"]);

/** Keywords are lower case: any other spelling is the name of a database, a role or a host. */
function misread({ rule: { databases, users, address } }: HbaLine): readonly Problem[] {
  const host = address?.kind === "host" ? [{ text: address.name, quoted: false }] : [];
  return [...databases, ...users, ...host]
    .filter(({ text: name, quoted }) => !quoted && !keywords.has(name) && keywords.has(name.toLowerCase()))
    .map(({ text: name }) => ({ message: `takes ${name} for a name`, fix: `write ${name.toLowerCase()}` }));
}
