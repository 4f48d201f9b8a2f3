import { type Address, parseAddress, prefixMask, splitAt } from "./address.ts";
import { toText } from "./bytes.ts";
import { parseOptions } from "./options.ts";
import { compileRegex, RegexError } from "./regex/index.ts";
import { type ConnectionType, connectionTypes, LineError, type Method, methods, type Name, type Rule } from "./rule.ts";
import type { Server } from "./server.ts";
import type { Token } from "./tokens.ts";

const firstMajorWithRegex = 16;
const firstMajorWithOauth = 18;
const unresolvable = "Name or service not known";

/**
 * The rule that a line of tokens states.
 * @throws LineError with PostgreSQL's words for what is wrong
 */
export function parseLine(fields: readonly (readonly Token[])[], server: Server): Rule {
  let position = 0;
  const type = parseType(one("connection type"));
  const databases = names(field("database specification"));
  const users = names(field("role specification"));
  const address = type === "local" ? undefined : parseClient();
  const method = parseMethod(one("authentication type", "authentication method"), type, server);
  const options = parseOptions(fields.slice(position).flat(), { type, method, server });
  return { type, databases, users, address, method, options };

  function field(what: string): readonly Token[] {
    const tokens = fields[position++];
    if (tokens === undefined) throw new LineError(`end-of-line before ${what}`);
    return tokens;
  }

  function one(what: string, missing = what): Token {
    const [token, second] = field(missing);
    if (token === undefined || second !== undefined) throw new LineError(`multiple values specified for ${what}`);
    return token;
  }

  function names(tokens: readonly Token[]): readonly Name[] {
    return tokens.map((token) => ({ ...token, regex: regexOf(token, server) }));
  }

  function parseClient(): Address {
    const token = one("host address", "IP address specification");
    if (!token.quoted && (token.text === "all" || token.text === "samehost" || token.text === "samenet")) {
      return { kind: token.text };
    }
    const [text, bits] = splitAt(token.text, "/");
    const octets = parseAddress(text);
    if (octets === undefined) {
      if (bits === undefined) return { kind: "host", name: text };
      throw new LineError(`specifying both host name and CIDR mask is invalid: "${toText(token.text)}"`);
    }
    if (bits === undefined) return { kind: "range", address: octets, mask: parseMask(octets.length) };
    const mask = prefixMask(bits, octets.length);
    if (mask === undefined) throw new LineError(`invalid CIDR mask in address "${toText(token.text)}"`);
    return { kind: "range", address: octets, mask };
  }

  function parseMask(length: number): readonly number[] {
    const token = one("netmask", "netmask specification");
    const mask = parseAddress(token.text);
    if (mask === undefined) throw new LineError(`invalid IP mask "${toText(token.text)}": ${unresolvable}`);
    if (mask.length !== length) throw new LineError("IP address and mask do not match");
    return mask;
  }
}

function parseType({ text }: Token): ConnectionType {
  const type = connectionTypes.find((known) => known === text);
  if (type === undefined) throw new LineError(`invalid connection type "${toText(text)}"`);
  return type;
}

function regexOf({ text }: Token, { major }: Server): Name["regex"] {
  if (major < firstMajorWithRegex || !text.startsWith("/")) return undefined;
  const pattern = text.slice(1);
  try {
    return compileRegex(pattern);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new LineError(`invalid regular expression "${toText(pattern)}": ${error.message}`);
  }
}

function parseMethod({ text }: Token, type: ConnectionType, server: Server): Method {
  const method = methods.find((known) => known === text);
  if (method === undefined || (method === "oauth" && server.major < firstMajorWithOauth)) {
    throw new LineError(`invalid authentication method "${toText(text)}"`);
  }
  if (!isBuiltIn(method, server)) {
    throw new LineError(`invalid authentication method "${method}": not supported by this build`);
  }
  if (type === "local") {
    if (method === "gss") throw new LineError("gssapi authentication is not supported on local sockets");
    if (method === "ident") return "peer";
  } else if (method === "peer") {
    throw new LineError("peer authentication is only supported on local sockets");
  }
  if (method === "cert" && type !== "hostssl") {
    throw new LineError("cert authentication is only supported on hostssl connections");
  }
  return method;
}

function isBuiltIn(method: Method, server: Server): boolean {
  switch (method) {
    case "gss":
    case "ldap":
    case "pam":
      return server.methods.includes(method);
    case "sspi":
    case "bsd":
      return false;
    default:
      return true;
  }
}
