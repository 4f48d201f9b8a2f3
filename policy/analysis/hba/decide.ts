import { type Address, inRange, type Octets, parseAddress, prefixMask } from "./address.ts";
import { type Bytes, toBytes, toText } from "./bytes.ts";
import type { Entry } from "./parse.ts";
import { matchRegex } from "./regex/index.ts";
import type { ConnectionType, Name, Rule } from "./rule.ts";
import type { Server } from "./server.ts";

/** A connection as the server sees it when it looks for a rule. */
export interface Connection {
  /** The client's address; null for the Unix socket. */
  readonly address: string | null;
  readonly ssl: boolean;
  /** GSSAPI encryption. */
  readonly gss?: boolean | undefined;
  /** True for physical replication, `database` for logical. */
  readonly replication: boolean | "database";
  /** Empty for the default, which is the user's name. */
  readonly database: string;
  readonly user: string;
  /** The roles that the user is a member of, directly or not; null where the server has no such user. */
  readonly roles: readonly string[] | null;
  /** The host name that the address resolves to and that resolves back; null for none, undefined where it is not known. */
  readonly hostname?: string | null | undefined;
}

/** What the first rule that matches says. */
export type Verdict<E extends Entry = Entry> =
  | { readonly kind: "match"; readonly entry: E; readonly rule: Rule }
  /** No rule matches: the server refuses the connection. */
  | { readonly kind: "none" }
  /** Whether the rule matches depends on what is not known here. */
  | { readonly kind: "undecided"; readonly entry: E; readonly rule: Rule; readonly reason: string };

/** True, false, or why neither can be said. */
type Answer = boolean | { readonly reason: string };

interface Client {
  readonly connection: Connection;
  readonly octets: Octets | undefined;
  readonly hostname: Connection["hostname"];
  readonly database: Bytes;
  readonly user: Bytes;
  readonly roles: readonly Bytes[];
  readonly server: Server;
}

const maximumNameLength = 63;
const ipv4Loopback = { address: "127.0.0.1", netmask: "255.0.0.0" };
const ipv6Loopback = { address: "::1", netmask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };

/**
 * The rule that decides how a connection must authenticate: the first that matches. What follows it never counts, even
 * if the authentication fails.
 * @param entries the entries of an accepted file, in order
 */
export function decide<E extends Entry>(entries: readonly E[], connection: Connection, server: Server): Verdict<E> {
  return verdicts(entries, connection, server).next().value ?? { kind: "none" };
}

/**
 * All rules that may decide, in order: those of which it is not known whether they match, and then the one that does or
 * the lack of one.
 */
export function* verdicts<E extends Entry>(
  entries: readonly E[],
  connection: Connection,
  server: Server,
): Generator<Verdict<E>, undefined> {
  const client = clientOf(connection, server);
  for (const entry of entries) {
    const { rule } = entry;
    const answer = rule !== undefined && matches(rule, client);
    if (rule === undefined || answer === false) continue;
    if (answer === true) {
      yield { kind: "match", entry, rule };
      return undefined;
    }
    yield { kind: "undecided", entry, rule, reason: answer.reason };
  }
  yield { kind: "none" };
  return undefined;
}

function clientOf(connection: Connection, server: Server): Client {
  const user = identifier(connection.user);
  return {
    connection,
    octets: connection.address === null ? undefined : parseAddress(connection.address),
    hostname: connection.hostname === undefined && isLoopback(connection.address) ? "localhost" : connection.hostname,
    user,
    database: connection.database === "" ? user : identifier(connection.database),
    roles: connection.roles === null ? [] : [user, ...connection.roles.map(toBytes)],
    server,
  };
}

function isLoopback(address: string | null): boolean {
  return address === ipv4Loopback.address || address === ipv6Loopback.address;
}

/** A name as the server takes it from the wire: longer ones are cut. */
function identifier(name: string): Bytes {
  return toBytes(name).slice(0, maximumNameLength);
}

function matches(rule: Rule, client: Client): Answer {
  if (!matchesType(rule.type, client)) return false;
  const named = all(
    some(rule.databases, (name) => matchesDatabase(name, client)),
    () => some(rule.users, (name) => matchesUser(name, client)),
  );
  return all(named, () => rule.address === undefined || matchesAddress(rule.address, client));
}

function matchesType(type: ConnectionType, { octets, connection: { ssl, gss = false } }: Client): boolean {
  switch (type) {
    case "local":
      return octets === undefined;
    case "host":
      return octets !== undefined;
    case "hostssl":
      return octets !== undefined && ssl;
    case "hostnossl":
      return octets !== undefined && !ssl;
    case "hostgssenc":
      return octets !== undefined && gss;
    case "hostnogssenc":
      return octets !== undefined && !gss;
  }
}

function matchesDatabase(name: Name, client: Client): Answer {
  const keyword = name.quoted ? undefined : name.text;
  if (client.connection.replication === true) return keyword === "replication";
  switch (keyword) {
    case "all":
      return true;
    case "sameuser":
      return client.database === client.user;
    case "samerole":
    case "samegroup":
      return client.roles.includes(client.database);
    case "replication":
      return false;
    default:
      return matchesName(name, client.database);
  }
}

function matchesUser(name: Name, client: Client): Answer {
  if (!name.quoted && name.text.startsWith("+")) return client.roles.includes(name.text.slice(1));
  if (!name.quoted && name.text === "all") return true;
  return matchesName(name, client.user);
}

function matchesName(name: Name, value: Bytes): Answer {
  if (name.regex === undefined) return name.text === value;
  return (
    matchRegex(name.regex, value) ?? { reason: `the regular expression ${toText(name.text)} is too much to evaluate` }
  );
}

function matchesAddress(address: Address, { octets, hostname, server }: Client): Answer {
  if (octets === undefined) return false;
  switch (address.kind) {
    case "all":
      return true;
    case "range":
      return inRange(octets, address.address, address.mask);
    case "host":
      return matchesHost(toText(address.name), hostname);
    case "samehost":
    case "samenet":
      return matchesOwn(address.kind, octets, server);
  }
}

function matchesOwn(kind: "samehost" | "samenet", octets: Octets, { addresses }: Server): Answer {
  const known = addresses ?? [ipv4Loopback, ipv6Loopback];
  const found = known.some((own) => {
    const address = parseAddress(own.address) ?? [];
    const mask = kind === "samenet" ? parseAddress(own.netmask) : undefined;
    return inRange(octets, address, effectiveMask(mask, address.length));
  });
  if (found || addresses !== undefined) return found;
  return { reason: `${kind} depends on the server's own addresses` };
}

/** An interface without a usable netmask counts with its address alone. */
function effectiveMask(mask: Octets | undefined, length: number): Octets {
  const usable = mask?.length === length && mask.some((octet) => octet !== 0);
  return (usable ? mask : prefixMask(String(length * 8), length)) ?? [];
}

/** What the name service can answer has only these characters, and a dot unless it is from the server's own hosts file. */
const qualifiedName = /^\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?$|^\.[a-z0-9_-]+$/i;

const longestHostName = 255;

function matchesHost(pattern: string, hostname: string | null | undefined): Answer {
  if (hostname === null) return false;
  if (hostname === undefined) {
    const resolvable = pattern.length <= longestHostName && qualifiedName.test(pattern);
    return resolvable && { reason: `the host name ${pattern} depends on the name service` };
  }
  const [name, wanted] = [hostname.toLowerCase(), pattern.toLowerCase()];
  return wanted.startsWith(".") ? name.endsWith(wanted) : name === wanted;
}

/** Whether any member says yes; otherwise the first that cannot say. */
function some<T>(members: readonly T[], answer: (member: T) => Answer): Answer {
  const answers = members.map(answer);
  if (answers.includes(true)) return true;
  return answers.find((each) => each !== false) ?? false;
}

/** Whether both say yes; what cannot be said matters only if the other says yes. */
function all(first: Answer, second: () => Answer): Answer {
  if (first === false) return false;
  const other = second();
  return other === true ? first : other === false ? false : first === true ? other : first;
}
