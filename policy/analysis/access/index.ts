import type { EngineName } from "../network/reach.ts";
import type { KubeObject, Problem } from "../objects.ts";
import { keyOf } from "./source.ts";
import { accessSubjects, type AccessRow, type AccessSubject } from "./table.ts";
import { letsIn } from "./verdict.ts";

export { judgeSessions, type Session, type SessionVerdict } from "./sessions.ts";
export { formatSource, type Source } from "./source.ts";
export type { AccessLine, AccessRow, NetworkCell } from "./table.ts";
export { isFault, type Verdict } from "./verdict.ts";

/** Who gets to the databases among the objects. */
export interface AccessTable {
  readonly rows: readonly AccessRow[];
}

/** The same against an older version. */
export interface AccessComparison extends AccessTable {
  /** Rows that let somebody in who did not get in before. */
  readonly gained: readonly AccessRow[];
  /** Rows of the older version that let somebody in who does not get in any more. */
  readonly lost: readonly AccessRow[];
  /** Rows of whoever got in, or did not, both times, but in another way or for another reason. */
  readonly changed: readonly { readonly before: AccessRow; readonly after: AccessRow }[];
}

/**
 * Joins both layers: each source on each port of each cluster.
 * @param podCidrs the ranges that pods get their addresses from; where they are not known, CIDRs leave pods undecided
 */
export function access(
  objects: readonly KubeObject[],
  engine: EngineName,
  problems: Problem[],
  podCidrs: readonly string[] = [],
): AccessTable {
  const subjects = accessSubjects(objects, engine, problems, podCidrs);
  return { rows: subjects.flatMap((subject) => subject.rowsFor(subject.candidates)) };
}

/** Compares two versions: everybody whom either of them knows is asked about in both. */
export function compareAccess(
  older: readonly KubeObject[],
  newer: readonly KubeObject[],
  engine: EngineName,
  problems: Problem[],
): AccessComparison {
  const after = accessSubjects(newer, engine, problems);
  const before = accessSubjects(older, engine, problems);
  const beforeRows = before.flatMap((subject) => rowsForBoth(subject, after));
  const afterRows = after.flatMap((subject) => rowsForBoth(subject, before));
  const then = new Map(beforeRows.map((row) => [rowKey(row), row]));
  const now = new Map(afterRows.map((row) => [rowKey(row), row]));
  const wasIn = (key: string) => entered(then.get(key));
  return {
    rows: after.flatMap((subject) => subject.rowsFor(subject.candidates)),
    gained: [...now].filter(([key, row]) => entered(row) && !wasIn(key)).map(([, row]) => row),
    lost: [...then].filter(([key, row]) => entered(row) && !entered(now.get(key))).map(([, row]) => row),
    changed: [...now].flatMap(([key, row]) => {
      const old = then.get(key);
      return old !== undefined && entered(old) === entered(row) && essence(old) !== essence(row)
        ? [{ before: old, after: row }]
        : [];
    }),
  };
}

function rowsForBoth(subject: AccessSubject, others: readonly AccessSubject[]): AccessRow[] {
  const other = others.find(({ cluster }) => cluster === subject.cluster);
  const known = new Set(subject.candidates.map(({ source }) => keyOf(source)));
  const more = (other?.candidates ?? []).filter(({ source }) => !known.has(keyOf(source)));
  return subject.rowsFor([...subject.candidates, ...more]);
}

function rowKey({ cluster, pooler, source, port }: AccessRow): string {
  return [cluster, pooler ?? "", keyOf(source), port].join("\n");
}

function entered(row: AccessRow | undefined): boolean {
  return row !== undefined && letsIn(row.verdict);
}

/** What counts as a change: the answers, and not where a line stands or which policy gives them. */
function essence({ network, postgres, verdict }: AccessRow): string {
  return JSON.stringify([verdict, network.allowed, postgres.map((line) => ({ ...line, line: null }))]);
}
