import { readClusters } from "../../analysis/access/cluster.ts";
import { operandServer, parseLines, renderCnpg, standIns, type Major, type Rule } from "../../analysis/hba/index.ts";
import { at, list, text } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding } from "../rule.ts";

/** Where a Cluster has the lines that it adds to pg_hba.conf. */
export const pgHbaPath = ["spec", "postgresql", "pg_hba"] as const;

/** A line that PostgreSQL accepts, and the item that it was written in. */
export interface HbaLine {
  readonly item: number;
  readonly rule: Rule;
  /** The pod selector that stands in its address column. */
  readonly selector: string | undefined;
}

/** The lines of a Cluster's own. One that PostgreSQL refuses takes none of the others away. */
export interface HbaLines {
  readonly major: Major;
  readonly lines: readonly HbaLine[];
  /** What PostgreSQL refuses; the item is undefined where no item of its own is to blame. */
  readonly errors: readonly { readonly item: number | undefined; readonly message: string }[];
}

/** Reads a Cluster's lines as the operator writes them; one that is not known yet, or is no text, says nothing. */
export function readHbaLines(object: KubeObject): HbaLines {
  const items = list(at(object.body, ...pgHbaPath)).map((item) => (isUnknown(item) ? "" : (text(item) ?? "")));
  const [cluster] = readClusters([object]);
  const { addresses, selectorOf } = standIns((cluster?.selectors ?? []).map(({ name }) => name));
  const rendered = renderCnpg(items, addresses, cluster?.ldap);
  const major = cluster?.major ?? defaultMajor;
  const { entries, errors } = parseLines(rendered.text, operandServer(major));
  return {
    major,
    lines: entries.flatMap(({ line, rule }) => {
      const { item } = rendered.source(line);
      if (rule === undefined || item === undefined) return [];
      return [{ item, rule, selector: selectorOf(rule) }];
    }),
    errors: errors.map(({ line, message }) => ({ item: rendered.source(line).item, message })),
  };
}

const defaultMajor: Major = 18;

/** What a rule says of each line that lets somebody in, and of each of which nobody can tell whether it does. */
export function judgeAllowLines(
  object: KubeObject,
  judge: (line: HbaLine) => readonly Omit<Finding, "path">[],
): Finding[] {
  const { lines } = readHbaLines(object);
  return [
    ...unknownLines(object),
    ...lines
      .filter(({ rule }) => rule.method !== "reject")
      .flatMap((line) =>
        judge(line).map((finding) => ({
          ...finding,
          message: `${titleOf(line.item)} ${finding.message}`,
          path: [...pgHbaPath, line.item],
        })),
      ),
  ];
}

/** How a message names an item. */
export function titleOf(item: number): string {
  return `pg_hba[${String(item)}]`;
}

/** Access depends on every line, so that none may be left to be seen later. */
export function unknownLines(object: KubeObject): Finding[] {
  const pgHba = at(object.body, ...pgHbaPath);
  const fix = "write the line as a plain string that depends on no other resource";
  if (isUnknown(pgHba)) return [{ path: pgHbaPath, message: "pg_hba is not known before up", fix }];
  return list(pgHba).flatMap((line, item) =>
    isUnknown(line) ? [{ path: [...pgHbaPath, item], message: `${titleOf(item)} is not known before up`, fix }] : [],
  );
}
