import { groupBy } from "../analysis/group-by.ts";
import {
  access,
  compareAccess,
  formatSource,
  isFault,
  type AccessComparison,
  type AccessLine,
  type AccessRow,
  type AccessTable,
  type Source,
} from "../analysis/access/index.ts";
import type { EngineName } from "../analysis/network/reach.ts";
import type { Problem } from "../analysis/objects.ts";
import type { Report, Section } from "./format.ts";
import { readObjects, report } from "./input.ts";

/** `guard access`: who gets to the databases, and what that is against an older version. */
export function accessCommand(
  files: readonly string[],
  options: { engine: EngineName; against?: readonly string[] },
): { report: Report; exitCode: number } {
  const problems: Problem[] = [];
  const { items: objects, unread, problems: inReading } = readObjects(files);
  const older = options.against && readObjects(options.against);
  const table =
    older === undefined
      ? access(objects, options.engine, problems)
      : compareAccess(older.items, objects, options.engine, problems);
  report(problems);
  const compared = isComparison(table) ? table : undefined;
  const isFaulty = table.rows.some(({ verdict }) => isFault(verdict));
  return {
    report: {
      data: { ...table, problems: [...inReading, ...(older?.problems ?? []), ...problems] },
      sections: [...(compared === undefined ? [] : comparison(compared)), ...overview(table.rows)],
      unread: [...unread, ...(older?.unread ?? [])],
    },
    exitCode: isFaulty || (compared !== undefined && compared.gained.length > 0) ? 1 : 0,
  };
}

function isComparison(table: AccessTable): table is AccessComparison {
  return "gained" in table;
}

const header = ["VERDICT", "SOURCE", "PORT", "NETWORK", "PG_HBA"];

function overview(rows: readonly AccessRow[]): Section[] {
  if (rows.length === 0) return [{ text: "There is no Cluster of postgresql.cnpg.io here." }];
  return [...groupBy(rows, ({ cluster }) => cluster)].flatMap(([cluster, all]): Section[] => {
    const shown = all.filter(({ verdict }) => verdict !== "closed");
    const closed = all.length - shown.length;
    return [
      { title: `Cluster ${cluster}`, header, rows: shown.map(cells) },
      ...(closed === 0 ? [] : [{ text: `${String(closed)} other pairs of source and port are closed.` }]),
      ...(all.some(({ network }) => network.differs) ? [{ text: footnote }] : []),
      ...(all.some(({ sharedWith }) => sharedWith) ? [{ text: sharing }] : []),
    ];
  });
}

const footnote = "* The other network policy engine answers otherwise: compare --engine standard with --engine k3s.";

const sharing = "Whoever shares a pooler can log in there as the others, with their passwords.";

function comparison({ gained, lost, changed }: AccessComparison): Section[] {
  const section = (title: string, rows: readonly AccessRow[]): Section =>
    rows.length === 0 ? { text: `${title}: nothing` } : { title, header, rows: rows.map(cells) };
  const after = changed.map(({ before, after }) => cells(after).with(0, `${before.verdict} -> ${after.verdict}`));
  return [
    section("Gained", gained),
    section("Lost", lost),
    changed.length === 0 ? { text: "Changed: nothing" } : { title: "Changed", header, rows: after },
  ];
}

function cells(row: AccessRow): string[] {
  const { verdict, source, port, pooler, network, postgres, sharedWith } = row;
  return [
    sharedWith === undefined ? verdict : `${verdict}, shared`,
    formatSource(shortened(source)),
    pooler === undefined ? String(port) : `${String(port)} of pooler ${pooler}`,
    networkCell(network),
    postgres.map(lineCell).join("; "),
  ];
}

/** A pod that has a name is known by it: of many labels the first few are enough to look at. */
const longestSelector = 60;

function shortened(source: Source): Source {
  const { name, selector } = source;
  if (name === undefined || selector === undefined || selector.length <= longestSelector) return source;
  const end = selector.lastIndexOf(",", longestSelector);
  return { ...source, selector: end < 0 ? "…" : `${selector.slice(0, end)},…` };
}

function networkCell({ allowed, by, differs }: AccessRow["network"]): string {
  const answer = allowed === null ? "undecided" : allowed ? "yes" : "no";
  const reason = by.length > 0 ? by.join(", ") : allowed === true ? "no policy selects it" : "";
  return `${answer}${differs ? "*" : ""}${reason === "" ? "" : `: ${reason}`}`;
}

function lineCell({ line, type, databases, roles, method, clientCertificate, tls }: AccessLine): string {
  const where = line === null ? "operator's line" : `line ${String(line)}`;
  const transport = tls === "required" ? "TLS" : tls === "forbidden" ? "no TLS" : "with or without TLS";
  // Method cert asks for nothing else.
  const proof =
    clientCertificate === undefined || method === "cert" ? method : `${method} clientcert=${clientCertificate}`;
  return `${type} ${databases.join(",")} ${roles.join(",")} ${proof} (${where}, ${transport})`;
}
