import type { Name, Rule } from "../hba/index.ts";
import { toText } from "../hba/bytes.ts";
import type { Trilean } from "../trilean.ts";
import { earlierLines } from "./earlier-lines.ts";

/** A line of pg_hba that catches connections of a source, and for which of them no earlier line does. */
export interface HbaLine {
  /** The line of the input file; null for the operator's own lines. */
  readonly line: number | null;
  readonly origin: "head" | "file" | "tail";
  readonly type: Rule["type"];
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly method: Rule["method"];
  /** How a certificate of the client's is verified, besides the method; absent where none is asked for. */
  readonly clientCertificate?: string;
  /** Whether it catches connections with TLS only, without only, or both. */
  readonly tls: "required" | "forbidden" | "any";
  /** Its place among all lines that the server reads. */
  readonly index: number;
  /** False where only the address of the source, which is not known here, can tell. */
  readonly certain: boolean;
  /** Whether an earlier line may turn all of it away: by the source's address or by what the role is a member of. */
  readonly contested: boolean;
}

/** A rule, and what is shown of it whomever it catches. */
export interface Placed {
  readonly rule: Rule;
  readonly shown: Omit<HbaLine, "tls" | "certain" | "contested">;
}

/** Whether a line's address column holds some source. */
export interface Caught {
  readonly line: Placed;
  readonly catches: Trilean;
}

/** The lines that no earlier, certain lines hide wholly. */
export function visibleLines(lines: readonly Caught[]): readonly HbaLine[] {
  const earlier = { tls: earlierLines(), plain: earlierLines() };
  return lines.flatMap(({ line: { rule, shown }, catches }): HbaLine[] => {
    if (catches === false) return [];
    const left = transports[rule.type]
      .map((transport) => ({ transport, leave: earlier[transport].leave(rule) }))
      .filter(({ leave }) => leave !== false);
    for (const transport of transports[rule.type]) earlier[transport].add(rule, catches);
    const [first] = left;
    if (first === undefined) return [];
    const tls = left.length > 1 ? "any" : first.transport === "tls" ? "required" : "forbidden";
    const contested = left.every(({ leave }) => leave === null);
    return [{ ...shown, tls, certain: catches === true, contested }];
  });
}

/** The transports of each type. Kerberos encryption is not looked at: no client of a cluster in Kubernetes uses it. */
const transports: Readonly<Record<Rule["type"], readonly ("tls" | "plain")[]>> = {
  local: [],
  host: ["tls", "plain"],
  hostssl: ["tls"],
  hostnossl: ["plain"],
  hostgssenc: [],
  hostnogssenc: ["tls", "plain"],
};

type Description = Pick<HbaLine, "type" | "databases" | "roles" | "method" | "clientCertificate">;

/** What is shown of a rule; `original` gives a name as the user wrote it. */
export function describeRule(rule: Rule, original: (name: string) => string): Description {
  const { type, databases, users, method, options } = rule;
  const clientCertificate = options
    .find((option) => option.startsWith(certificateOption))
    ?.slice(certificateOption.length);
  return {
    type,
    databases: databases.map((name) => original(shownName(name))),
    roles: users.map((name) => original(shownName(name))),
    method,
    ...(clientCertificate !== undefined && { clientCertificate }),
  };
}

const certificateOption = "clientcert=";

/** In quotes where only they make it a name. */
function shownName({ text, quoted }: Name): string {
  const name = toText(text);
  return quoted && /^(all|sameuser|samerole|samegroup|replication)$|^[+/@]/.test(name) ? `"${name}"` : name;
}
