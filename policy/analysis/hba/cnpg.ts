import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { parseAddress } from "./address.ts";

/** Where a line of the file that the operator writes comes from. */
export interface Source {
  /** The operator's fixed head, the user's own lines, or the operator's fixed tail. */
  readonly origin: "head" | "file" | "tail";
  /** The index in `spec.postgresql.pg_hba`; undefined for head and tail. */
  readonly item: number | undefined;
}

/** The file that CloudNativePG writes. */
export interface RenderedFile {
  readonly text: string;
  /** Where the line with a number, counted from 1, comes from. */
  source(line: number): Source;
}

/** The pods' addresses by name of the pod selector. A name that is missing has no addresses published yet. */
export type SelectorAddresses = ReadonlyMap<string, readonly string[]>;

const head = `
#
# FIXED RULES
#

# Grant local access ('local' user map)
local all cnpg_metrics_exporter peer map=cnpg_metrics_exporter
local all all peer map=local

# Require client certificate authentication for the streaming_replica user
hostssl postgres streaming_replica all cert map=cnpg_streaming_replica
hostssl replication streaming_replica all cert map=cnpg_streaming_replica
hostssl all cnpg_pooler_pgbouncer all cert map=cnpg_pooler_pgbouncer

#
# USER-DEFINED RULES
#

`;
const defaultRules = `

#
# DEFAULT RULES
#
host all all all scram-sha-256
`;

function ldapRules(line: string): string {
  return `
#
# LDAP CONFIGURATION (optional)
#
${line}
`;
}

/**
 * Writes the pg_hba.conf of an instance as CloudNativePG 1.29.1 and later do: fixed lines, the user's lines with their
 * pod selectors expanded, a line for LDAP if there is one, and a line that lets everybody else try a password.
 * An item is written as it is: a newline in it starts another line, a backslash at its end swallows the next one.
 * @param ldap the line that `spec.postgresql.ldap` stands for
 */
export function renderCnpg(items: readonly string[], selectors: SelectorAddresses, ldap = ""): RenderedFile {
  const parts: string[] = [];
  const fixed: Source = { origin: "head", item: undefined };
  const sources = [fixed];
  append(head, fixed);
  items.forEach((item, index) => {
    for (const line of expandLine(item, selectors)) append(`\n${line}`, { origin: "file", item: index });
  });
  parts.push("\n\n", ldap === "" ? "" : ldapRules(ldap), defaultRules);
  return { text: parts.join(""), source: (line) => sources[line - 1] ?? { origin: "tail", item: undefined } };

  function append(part: string, source: Source): void {
    parts.push(part);
    for (let lines = part.split("\n").length - 1; lines > 0; lines--) sources.push(source);
  }
}

/**
 * The lines that one of the user's lines becomes: one for each address of the pods that it refers to, none where there
 * are no such pods, a comment where the operator cannot expand it, and the line itself where it refers to nothing.
 */
export function expandLine(line: string, selectors: SelectorAddresses): readonly string[] {
  const reference = findReference(line);
  if (reference === undefined) return [line];
  const { start, colon, end } = reference;
  const type = line.slice(start + opening.length, colon);
  if (type !== "podselector") return [`# ${line} # unknown descriptor type: ${type}`];
  const name = line.slice(colon + 1, end);
  const addresses = selectors.get(name);
  if (addresses === undefined) return [`# ${line} # pod selector not found: ${name}`];
  return addresses.map((address) => line.slice(0, start) + hostRange(address) + line.slice(end + 1));
}

/** The reference in a line that the operator looks at, and what stands before and after it. */
export interface Reference {
  readonly type: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The reference of a line taken apart; undefined where the operator sees none. */
export function readReference(line: string): Reference | undefined {
  const found = findReference(line);
  if (found === undefined) return undefined;
  const { start, colon, end } = found;
  return {
    type: line.slice(start + opening.length, colon),
    name: line.slice(colon + 1, end),
    before: line.slice(0, start),
    after: line.slice(end + 1),
  };
}

/** The reference of a line, as it is written, that the operator cannot expand; undefined where it can, or sees none. */
export function unresolvedReference(line: string, selectors: SelectorAddresses): string | undefined {
  const reference = readReference(line);
  if (reference === undefined) return undefined;
  const { type, name } = reference;
  return type === "podselector" && selectors.has(name) ? undefined : `\${${type}:${name}}`;
}

const opening = "${";

/** The first `${type:name}` in a line, neither of them empty; the operator expands no other. */
function findReference(line: string): { start: number; colon: number; end: number } | undefined {
  let colon = -1;
  let end = -1;
  for (let start = line.indexOf(opening); start >= 0; start = line.indexOf(opening, start + 1)) {
    const type = start + opening.length;
    if (colon < type) colon = line.indexOf(":", type);
    if (colon >= 0 && end <= colon) end = line.indexOf("}", colon + 1);
    if (colon < 0 || end < 0) return undefined;
    if (colon > type && end > colon + 1) return { start, colon, end };
  }
  return undefined;
}

/** An address as the operator writes it: canonical, with the prefix length of a single host. */
function hostRange(text: string): string {
  const octets = isIP(text) === 0 || text.includes("%") ? undefined : parseAddress(text);
  if (octets === undefined) return text;
  if (octets.length === 4) return `${octets.join(".")}/32`;
  const address = new ipaddr.IPv6([...octets]);
  return address.isIPv4MappedAddress()
    ? `${address.toIPv4Address().toString()}/32`
    : `${address.toRFC5952String()}/128`;
}
