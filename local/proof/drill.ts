import { row, type Row } from "./rows.ts";

/** What a failover drill asks for. */
export interface Limits {
  writers: number;
  /** Acknowledged rows before the primary is killed. */
  acknowledgements: number;
  /** Seconds after the kill by which another instance is primary and writes resume. */
  takeoverSeconds: number;
  /** Seconds after the kill by which all instances are ready again. */
  readySeconds: number;
}

/** One acknowledged row. */
export interface Acknowledgement {
  id: string;
  /** Address of the server that acknowledged it. */
  server: string;
}

/** What a drill saw; times are seconds after the kill, undefined where it did not happen in time. */
export interface DrillFacts {
  acknowledgedBefore: number;
  killed?: {
    primary: string;
    successor?: string | undefined;
    takeoverSeconds?: number | undefined;
    resumedSeconds?: number | undefined;
    readySeconds?: number | undefined;
    instances: { ready: number; wanted: number };
    /** Undefined where no primary could be asked. */
    rows?: { acknowledged: number; lost: string[] } | undefined;
  };
}

/** The acknowledgements in the writers' logs; a line that was cut off is none. */
export function acknowledgements(logs: string[]): Acknowledgement[] {
  return logs
    .flatMap((log) => log.split("\n").slice(0, -1))
    .map((line) => /^(\S+\/\d+\/\d+) ([0-9a-f.:]+)$/.exec(line))
    .flatMap((match) => (match ? [{ id: match[1] ?? "", server: match[2] ?? "" }] : []));
}

/** Holds what was seen against what was asked for. */
export function drillRows({ acknowledgedBefore, killed }: DrillFacts, limits: Limits): Row[] {
  const drillRow = (to: string, expected: string, observed: string, ok: boolean, message = "") =>
    row({ layer: "failover", from: `${String(limits.writers)} clients writing`, to, expected, observed, message, ok });
  const load = drillRow(
    "the primary",
    `at least ${String(limits.acknowledgements)} rows acknowledged`,
    `${String(acknowledgedBefore)} rows acknowledged`,
    acknowledgedBefore >= limits.acknowledgements,
  );
  if (!killed) return [load];

  const { primary, successor, instances, rows } = killed;
  const timed = (to: string, limit: number, seconds: number | undefined, message?: string) => {
    const observed = seconds === undefined ? `not within ${String(limit)} s` : `after ${seconds.toFixed(1)} s`;
    return drillRow(to, `within ${String(limit)} s`, observed, seconds !== undefined && seconds <= limit, message);
  };
  const lost = rows?.lost ?? [];
  return [
    load,
    timed(
      `another primary once ${primary} is force-deleted`,
      limits.takeoverSeconds,
      killed.takeoverSeconds,
      successor === undefined ? "" : `${primary} -> ${successor}`,
    ),
    timed("writes acknowledged by another server", limits.takeoverSeconds, killed.resumedSeconds),
    drillRow(
      "every acknowledged row",
      "none lost",
      rows === undefined ? "no primary to ask" : lost.length === 0 ? "none lost" : `${String(lost.length)} lost`,
      rows !== undefined && lost.length === 0,
      rows === undefined ? "" : [`${String(rows.acknowledged)} acknowledged in all`, ...lost.slice(0, 3)].join(", "),
    ),
    timed(
      `${String(instances.wanted)}/${String(instances.wanted)} instances ready`,
      limits.readySeconds,
      killed.readySeconds,
      `${String(instances.ready)}/${String(instances.wanted)} ready`,
    ),
  ];
}
