import { both, type Trilean } from "../trilean.ts";
import type { Source } from "./source.ts";

/**
 * What one row means. A friend is meant to get in, a stranger is not:
 * - `declared`, `locked-out`: a friend that gets in at both layers, or does not
 * - `lifeline`, `lifeline-cut`: a connection that the database needs to live
 * - `open`: a stranger gets in; `network-only`, `postgres-only`: only that layer would let it in; `closed`: neither
 * - `undecided`: the objects alone do not tell
 */
export type Verdict =
  | "declared"
  | "lifeline"
  | "open"
  | "network-only"
  | "postgres-only"
  | "locked-out"
  | "lifeline-cut"
  | "closed"
  | "undecided";

export const ports = { postgres: 5432, status: 8000, metrics: 9187, poolerMetrics: 9127 } as const;

/** What a verdict rests on. */
export interface Evidence {
  readonly source: Source;
  readonly friend: boolean;
  readonly port: number;
  /** Whether the database cannot live without this connection. */
  readonly isLifeline: boolean;
  /** Whether the network lets it through. */
  readonly network: Trilean;
  /** Whether PostgreSQL lets it authenticate. */
  readonly admits: Trilean;
  /** Whether it is a range too wide to name anybody. */
  readonly vague: boolean;
  /** Whether it is a pooler's port. */
  readonly atPooler: boolean;
}

export function verdictOf(evidence: Evidence): Verdict {
  const { source, friend, port, isLifeline, network, admits, vague, atPooler } = evidence;
  if (atPooler && port === ports.postgres) return poolerVerdict(evidence, both(network, admits));
  if (isLifeline) {
    const alive = port === ports.postgres ? both(network, admits) : network;
    return alive === null ? "undecided" : alive ? "lifeline" : "lifeline-cut";
  }
  // The operator may reach its instances on any port, and a narrow range elsewhere than 5432 is the control plane's or a scraper's.
  const trusted = source.kind === "operator" || source.kind === "peer" || source.kind === "pooler";
  if (trusted || (source.kind === "cidr" && !vague && port !== ports.postgres)) {
    return network === null ? "undecided" : network ? "lifeline" : "closed";
  }
  if (port !== ports.postgres) return network === null ? "undecided" : network ? "open" : "closed";
  // Whoever reads metrics is a stranger to PostgreSQL itself.
  return friend && source.kind !== "scraper" ? friendVerdict(both(network, admits)) : strangerVerdict(network, admits);
}

/** A pooler's users are whoever policies name; only those without a name are strangers to it. */
function poolerVerdict({ source: { kind }, vague }: Evidence, reaches: Trilean): Verdict {
  if (reaches === null) return "undecided";
  if (!reaches) return "closed";
  return kind === "namespace" || kind === "anyone" || vague ? "open" : "declared";
}

function friendVerdict(reaches: Trilean): Verdict {
  return reaches === null ? "undecided" : reaches ? "declared" : "locked-out";
}

/** What is not known counts as open for a stranger. */
function strangerVerdict(network: Trilean, admits: Trilean): Verdict {
  if (network === false) return admits === false ? "closed" : "postgres-only";
  if (admits === false) return "network-only";
  return network === null || admits === null ? "undecided" : "open";
}

/** Whether a row with this verdict lets somebody in, or may. */
export function letsIn(verdict: Verdict): boolean {
  return verdict === "declared" || verdict === "lifeline" || verdict === "open" || verdict === "undecided";
}

/** Whether a verdict is something to mend. */
export function isFault(verdict: Verdict): boolean {
  return verdict === "open" || verdict === "locked-out" || verdict === "lifeline-cut";
}
