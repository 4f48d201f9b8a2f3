import { formatAddress } from "./address.ts";
import { type Bytes, toBytes, toText } from "./bytes.ts";
import { renderCnpg, type SelectorAddresses, type Source, unresolvedReference } from "./cnpg.ts";
import { type Connection, verdicts } from "./decide.ts";
import { type Entry, type HbaFile, type Location, parse, parseBytes } from "./parse.ts";
import type { Rule } from "./rule.ts";
import { type Major, operandServer, type Server } from "./server.ts";

/** What {@link hba} is asked. */
export interface HbaArgs {
  /** The pg_hba.conf; with `cnpg`, the items of `spec.postgresql.pg_hba`, one a line. */
  readonly text: string | Uint8Array;
  readonly major: Major;
  /** Whether CloudNativePG's fixed lines surround the text and its pod selectors are expanded. */
  readonly cnpg?: boolean | undefined;
  /** The pods' addresses by name of the pod selector. */
  readonly selectors?: SelectorAddresses | undefined;
  /** The connections to decide. */
  readonly probes?: readonly Connection[] | undefined;
  /** What is known of the server besides its major version. */
  readonly server?: Partial<Omit<Server, "major">> | undefined;
  /** Where the file lies and what it can include. */
  readonly location?: Location | undefined;
}

/** One line of the file, in the columns of `pg_hba_file_rules`. All but the first three are null where it is refused. */
export interface ReportedRule {
  /** The line of the input, counted from 1; null in head and tail. */
  readonly line: number | null;
  readonly origin: Source["origin"];
  /** The path of the included file that the line is counted in; absent for the input itself. */
  readonly file?: string;
  readonly type: Rule["type"] | null;
  /** Without quotes, as the view has them: `"all"` and `all` look the same. */
  readonly databases: readonly string[] | null;
  readonly users: readonly string[] | null;
  readonly address: string | null;
  readonly netmask: string | null;
  readonly method: Rule["method"] | null;
  readonly options: readonly string[] | null;
  /** Why the line is refused or, where it has a type, why it can never match. */
  readonly error: string | null;
}

/** The rule that a connection meets: nulls where none matches, which refuses it. */
export interface Decision {
  /** The line of the input; null also for the operator's own lines. */
  readonly line: number | null;
  readonly method: Rule["method"] | null;
  /** The path of the included file that the line is counted in; absent for the input itself. */
  readonly file?: string;
  /** Why an earlier line may decide instead: what it depends on is not known. Absent where nothing else can. */
  readonly undecided?: string;
}

/** The answer of {@link hba}. */
export interface HbaReport {
  /** Whether PostgreSQL puts the file in force. */
  readonly accepted: boolean;
  readonly rules: readonly ReportedRule[];
  readonly errors: readonly { readonly line: number; readonly message: string; readonly file?: string }[];
  /** Lines that refer to pods of which no addresses are given: they are left out. */
  readonly unresolved: readonly { readonly line: number; readonly reference: string }[];
  /** One for each probe, in their order. */
  readonly decisions: readonly Decision[];
}

const refused = "the file is refused: PostgreSQL keeps the rules that it has, or does not start";

/**
 * Everything that can be said of a pg_hba.conf: the answer of `guard hba`.
 * @throws TooLarge
 */
export function hba(args: HbaArgs): HbaReport {
  const server: Server = { ...operandServer(args.major), ...args.server };
  const { file, locate } = read(args, server);
  return {
    accepted: file.accepted,
    rules: file.entries.map((entry) => reportRule(entry, locate(entry))),
    errors: file.errors.map((error) => {
      const { line, file: path } = locate(error);
      return { line: line ?? 1, message: error.message, ...(path !== undefined && { file: path }) };
    }),
    unresolved: args.cnpg === true ? unresolved(args) : [],
    decisions: (args.probes ?? []).map((probe) => reportDecision(probe, file, server, locate)),
  };
}

/** A place in what the user wrote. */
interface Place {
  readonly line: number | null;
  readonly origin: Source["origin"];
  readonly file?: string;
}

type Locate = (place: { readonly file: string | undefined; readonly line: number }) => Place;

function read(args: HbaArgs, server: Server): { file: HbaFile; locate: Locate } {
  if (args.cnpg !== true) {
    return {
      file: parse(args.text, server, args.location),
      locate: ({ file, line }) => ({ line, origin: "file", ...(file !== undefined && { file }) }),
    };
  }
  const rendered = renderCnpg(itemsOf(toBytes(args.text)), bytesOf(args.selectors ?? new Map()));
  return {
    file: parseBytes(rendered.text, server, args.location),
    locate: ({ file, line }) => {
      if (file !== undefined) return { line, origin: "file", file };
      const { origin, item } = rendered.source(line);
      return { line: item === undefined ? null : item + 1, origin };
    },
  };
}

function unresolved({ text, selectors = new Map() }: HbaArgs): HbaReport["unresolved"] {
  const known = bytesOf(selectors);
  return itemsOf(toBytes(text)).flatMap((item, index) => {
    const reference = unresolvedReference(item, known);
    return reference === undefined ? [] : [{ line: index + 1, reference: toText(reference) }];
  });
}

function itemsOf(text: Bytes): readonly Bytes[] {
  const items = text.split("\n");
  return items.at(-1) === "" ? items.slice(0, -1) : items;
}

function bytesOf(selectors: SelectorAddresses): SelectorAddresses {
  return new Map([...selectors].map(([name, addresses]) => [toBytes(name), addresses.map(toBytes)]));
}

function reportRule({ rule, error }: Entry, place: Place): ReportedRule {
  return {
    ...place,
    type: rule?.type ?? null,
    databases: rule?.databases.map(({ text }) => toText(text)) ?? null,
    users: rule?.users.map(({ text }) => toText(text)) ?? null,
    ...reportAddress(rule),
    method: rule?.method ?? null,
    options: rule === undefined || rule.options.length === 0 ? null : rule.options.map(toText),
    error: error ?? null,
  };
}

function reportAddress(rule: Rule | undefined): Pick<ReportedRule, "address" | "netmask"> {
  const address = rule?.address;
  switch (address?.kind) {
    case undefined:
      return { address: null, netmask: null };
    case "range":
      return { address: formatAddress(address.address), netmask: formatAddress(address.mask) };
    case "host":
      return { address: toText(address.name), netmask: null };
    default:
      return { address: address?.kind ?? null, netmask: null };
  }
}

function reportDecision(probe: Connection, file: HbaFile, server: Server, locate: Locate): Decision {
  if (!file.accepted) return { line: null, method: null, undecided: refused };
  const reasons: string[] = [];
  const undecided = () => (reasons.length === 0 ? {} : { undecided: reasons.join("; ") });
  for (const verdict of verdicts(file.entries, probe, server)) {
    if (verdict.kind === "none") break;
    const { line, file: path } = locate(verdict.entry);
    if (verdict.kind === "match") {
      return { line, method: verdict.rule.method, ...(path !== undefined && { file: path }), ...undecided() };
    }
    reasons.push(`line ${String(line)}${path === undefined ? "" : ` of ${path}`}: ${verdict.reason}`);
  }
  return { line: null, method: null, ...undecided() };
}
