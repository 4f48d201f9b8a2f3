/** One question the proof asked, and what came of it. */
export interface Row {
  /** What is proved: `network`, `postgres`, `admission`, `api` or `failover`. */
  layer: string;
  /** Who asked. */
  from: string;
  /** What was asked for. */
  to: string;
  /** libpq's sslmode, and what is special about it; empty where no TLS is involved. */
  tls: string;
  /** Role of a login; empty where there is none. */
  user: string;
  database: string;
  expected: string;
  observed: string;
  /** Who answered. */
  by: string;
  /** What whoever answered said; for a skipped row why. */
  message: string;
  /** Whether what was observed is what was expected; null: skipped. */
  ok: boolean | null;
}

/** What a proof came to. */
export interface Proof {
  rows: Row[];
  passed: number;
  failed: number;
  skipped: number;
}

/** A row; columns that it has no use for are empty. */
export function row(columns: Pick<Row, "layer" | "from" | "to" | "expected" | "observed" | "ok"> & Partial<Row>): Row {
  return { tls: "", user: "", database: "", by: "", message: "", ...columns };
}

/** Counts the rows. */
export function summary(rows: Row[]): Proof {
  const count = (ok: boolean | null) => rows.filter((each) => each.ok === ok).length;
  return { rows, passed: count(true), failed: count(false), skipped: count(null) };
}

/** The proof for people: a block for each layer, a line for each row, and the count. */
export function table({ rows, passed, failed, skipped }: Proof): string {
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  const blocks = layers.map((layer) => {
    const cells = rows.filter((each) => each.layer === layer).map(cellsOf);
    const width = (column: number) => Math.max(...cells.map((line) => line[column]?.length ?? 0));
    const line = (each: string[]) =>
      each.flatMap((cell, column) => (width(column) === 0 ? [] : [cell.padEnd(width(column))])).join("  ");
    const lines = cells.map((each) => line(each));
    return [layer, ...lines.map((line) => `  ${line.trimEnd()}`)].join("\n");
  });
  const counts = `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
  return [...blocks, counts].join("\n\n");
}

/** What libpq puts before the server's own words, and a row says anyway. */
const libpqPreamble = /^connection to server at .*? failed: /;

function cellsOf(each: Row): string[] {
  const login = each.user === "" ? "" : `${each.user}@${each.database}`;
  const mark = each.ok === null ? "skip" : each.ok ? "ok" : "FAIL";
  const observed = each.ok === false ? `${each.observed}, not ${each.expected}` : each.observed;
  return [mark, each.from, each.to, login, each.tls, observed, each.message.replace(libpqPreamble, "")];
}
