import { type Bytes, toText } from "./bytes.ts";
import { splitAt } from "./address.ts";
import { parseLdapUrl } from "./ldap-url.ts";
import { type ConnectionType, LineError, type Method } from "./rule.ts";
import type { Server } from "./server.ts";
import type { Token } from "./tokens.ts";

type Values = Map<string, Bytes>;

/** What an option means depends on the line that it stands on. */
interface Line {
  readonly type: ConnectionType;
  readonly method: Method;
  readonly server: Server;
}

/** The methods that an option is for, in PostgreSQL's words and as names. */
const gssAndSspi = { methods: ["gss", "sspi"], words: "gssapi and sspi" } as const;
const owners: Readonly<Record<string, { readonly methods: readonly Method[]; readonly words: string }>> = {
  krb_realm: gssAndSspi,
  include_realm: gssAndSspi,
  ...only("sspi", "compat_realm", "upn_username"),
  ...only("pam", "pamservice", "pam_use_hostname"),
  ...only("ldap", "ldapurl", "ldaptls", "ldapscheme", "ldapserver", "ldapport", "ldapbinddn", "ldapbindpasswd"),
  ...only("ldap", "ldapsearchattribute", "ldapsearchfilter", "ldapbasedn", "ldapprefix", "ldapsuffix"),
  ...only("radius", "radiusservers", "radiusports", "radiussecrets", "radiusidentifiers"),
};
const oauthOwners = only("oauth", "issuer", "scope", "validator", "delegate_ident_mapping");
const firstMajorWithOauth = 18;

function only(method: Method, ...options: string[]): typeof owners {
  return Object.fromEntries(options.map((option) => [option, { methods: [method], words: method }]));
}

/**
 * The options in effect for a line, as `pg_hba_file_rules` lists them.
 * @throws LineError
 */
export function parseOptions(tokens: readonly Token[], line: Line): readonly Bytes[] {
  const values: Values = new Map();
  for (const { text } of tokens) {
    const [name, value] = splitAt(text, "=");
    if (value === undefined) {
      throw new LineError(`authentication option not in name=value format: ${toText(text)}`);
    }
    setOption(values, name, value, line);
  }
  checks[line.method]?.(values, line.server);
  if (line.method === "cert") values.set("clientcert", "verify-full");
  return listOptions(values, line.method);
}

function setOption(values: Values, name: Bytes, value: Bytes, line: Line): void {
  // Every further option takes back the scope of an ldapurl.
  values.delete("ldapscope");
  const owner = Object.hasOwn(owners, name)
    ? owners[name]
    : line.server.major >= firstMajorWithOauth && Object.hasOwn(oauthOwners, name)
      ? oauthOwners[name]
      : name === "map"
        ? mapOwner(line.server)
        : undefined;
  if (owner !== undefined && !owner.methods.includes(line.method)) {
    throw new LineError(`authentication option "${name}" is only valid for authentication methods ${owner.words}`);
  }
  const set = setters.get(name);
  if (owner === undefined && name !== "clientcert" && name !== "clientname") {
    throw new LineError(`unrecognized authentication option name: "${toText(name)}"`);
  }
  if (set === undefined) values.set(name, value);
  else set(values, value, line);
}

function mapOwner(server: Server): (typeof owners)[string] {
  const base = ["ident", "peer", "gss", "sspi", "cert"] as const;
  return server.major >= firstMajorWithOauth
    ? { methods: [...base, "oauth"], words: "ident, peer, gssapi, sspi, cert, and oauth" }
    : { methods: base, words: "ident, peer, gssapi, sspi, and cert" };
}

type Setter = (values: Values, value: Bytes, line: Line) => void;

/** Options whose value is looked at. All others keep it as it is. */
const setters: ReadonlyMap<string, Setter> = new Map(
  Object.entries<Setter>({
    clientcert: (values, value, line) => {
      if (line.type !== "hostssl") throw new LineError('clientcert can only be configured for "hostssl" rows');
      if (value !== "verify-full" && value !== "verify-ca") {
        throw new LineError(`invalid value for clientcert: "${toText(value)}"`);
      }
      if (value === "verify-ca" && line.method === "cert") {
        throw new LineError('clientcert can only be set to "verify-full" when using "cert" authentication');
      }
      values.set("clientcert", value);
    },
    clientname: (values, value, line) => {
      if (line.type !== "hostssl") throw new LineError('clientname can only be configured for "hostssl" rows');
      if (value !== "CN" && value !== "DN") throw new LineError(`invalid value for clientname: "${toText(value)}"`);
      values.set("clientname", value);
    },
    include_realm: flag("include_realm"),
    ldaptls: flag("ldaptls"),
    delegate_ident_mapping: flag("delegate_ident_mapping"),
    ldapport: (values, value) => {
      const port = parseInteger(value);
      if (port === 0) throw new LineError(`invalid LDAP port number: "${toText(value)}"`);
      values.set("ldapport", String(port));
    },
    ldapurl: (values, value) => {
      for (const [name, part] of parseLdapUrl(value)) values.set(name, part);
    },
    radiusservers: (values, value, { server }) => {
      for (const name of splitNames("server", value)) {
        if (!server.resolves(toText(name))) {
          throw new LineError(
            `could not translate RADIUS server name "${toText(name)}" to address: Name or service not known`,
          );
        }
      }
      values.set("radiusservers", value);
    },
    radiusports: (values, value) => {
      const ports = splitList(value);
      if (ports === undefined || ports.some((port) => parseInteger(port) === 0)) {
        throw new LineError(`invalid RADIUS port number: "${toText(value)}"`);
      }
      values.set("radiusports", value);
    },
    radiussecrets: (values, value) => {
      splitNames("secret", value);
      values.set("radiussecrets", value);
    },
    radiusidentifiers: (values, value) => {
      splitNames("identifiers", value);
      values.set("radiusidentifiers", value);
    },
  }),
);

function flag(name: string): Setter {
  return (values, value) => {
    values.set(name, value === "1" ? "true" : "");
  };
}

const mixedModes = "cannot mix options for simple bind and search+bind modes";
const mixedModesBefore18 =
  "cannot use ldapbasedn, ldapbinddn, ldapbindpasswd, ldapsearchattribute, ldapsearchfilter, or ldapurl together with ldapprefix";

type Check = (values: Values, server: Server) => void;

/** What a method demands of its options together. */
const checks: Partial<Readonly<Record<Method, Check>>> = {
  ldap: (values, server) => {
    const search = ["ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter"];
    if (values.has("ldapprefix") || values.has("ldapsuffix")) {
      if (search.some((name) => values.has(name))) {
        throw new LineError(server.major >= firstMajorWithOauth ? mixedModes : mixedModesBefore18);
      }
    } else if (!values.has("ldapbasedn")) {
      throw new LineError(
        'authentication method "ldap" requires argument "ldapbasedn", "ldapprefix", or "ldapsuffix" to be set',
      );
    }
    if (values.has("ldapsearchattribute") && values.has("ldapsearchfilter")) {
      throw new LineError("cannot use ldapsearchattribute together with ldapsearchfilter");
    }
  },
  radius: (values) => {
    const count = (name: string) => splitList(values.get(name) ?? "")?.length ?? 0;
    // To PostgreSQL an empty list is no list.
    for (const name of ["radiusservers", "radiussecrets"]) if (count(name) === 0) throw missing("radius", name);
    const servers = count("radiusservers");
    for (const [name, what] of [
      ["radiussecrets", "secrets"],
      ["radiusports", "ports"],
      ["radiusidentifiers", "identifiers"],
    ] as const) {
      const given = count(name);
      if (given > 1 && given !== servers) {
        throw new LineError(
          `the number of RADIUS ${what} (${String(given)}) must be 1 or the same as the number of RADIUS servers (${String(servers)})`,
        );
      }
    }
  },
  oauth: (values, { oauthValidators }) => {
    for (const name of ["scope", "issuer"]) if (!values.has(name)) throw missing("oauth", name);
    if (oauthValidators.length === 0) {
      throw new LineError("oauth_validator_libraries must be set for authentication method oauth");
    }
    const [validator] = oauthValidators;
    const chosen = values.get("validator");
    if (chosen !== undefined && !oauthValidators.includes(toText(chosen))) {
      throw new LineError(`validator "${toText(chosen)}" is not permitted by oauth_validator_libraries`);
    }
    if (chosen === undefined && (validator === undefined || oauthValidators.length > 1)) {
      throw new LineError(
        'authentication method "oauth" requires argument "validator" to be set when oauth_validator_libraries contains multiple options',
      );
    }
    if (chosen === undefined && validator !== undefined) values.set("validator", validator);
    if (values.get("delegate_ident_mapping") === "true" && values.has("map")) {
      throw new LineError("map cannot be used in combination with delegate_ident_mapping");
    }
  },
};

function missing(method: Method, name: string): LineError {
  return new LineError(`authentication method "${method}" requires argument "${name}" to be set`);
}

/** The order of `pg_hba_file_rules`. */
const listed = [
  ["include_realm", "krb_realm"],
  ["map", "clientcert", "pamservice"],
  ["ldapserver", "ldapport", "ldapscheme", "ldaptls", "ldapprefix", "ldapsuffix", "ldapbasedn", "ldapbinddn"],
  ["ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter", "ldapscope"],
  ["radiusservers", "radiussecrets", "radiusidentifiers", "radiusports"],
  ["issuer", "scope", "validator", "delegate_ident_mapping"],
].flat();
const flags = ["include_realm", "ldaptls", "delegate_ident_mapping"];
const ldapBase = "0";
const ldapSubtree = "2";

function listOptions(given: Values, method: Method): readonly Bytes[] {
  const values = new Map(given);
  if (method === "gss" && !values.has("include_realm")) values.set("include_realm", "true");
  if (method === "ldap" && !values.has("ldapscope")) values.set("ldapscope", ldapSubtree);
  if (values.get("ldapscope") === ldapBase) values.delete("ldapscope");
  return listed.flatMap((name) => {
    const value = values.get(name);
    return value === undefined || (flags.includes(name) && value === "") ? [] : `${name}=${value}`;
  });
}

/** A number as C's `atoi` reads it: 0 for what is none, wrapped to 32 bits. */
function parseInteger(text: Bytes): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(text)?.[1];
  if (digits === undefined) return 0;
  const value = BigInt(digits.replace("+", ""));
  const limit = 2n ** 63n;
  const clamped = value >= limit ? limit - 1n : value < -limit ? -limit : value;
  return Number(BigInt.asIntN(32, clamped));
}

function splitNames(what: string, value: Bytes): readonly Bytes[] {
  const names = splitList(value);
  if (names === undefined) throw new LineError(`could not parse RADIUS ${what} list "${toText(value)}"`);
  return names;
}

/** The members of a comma-separated list, bare or in double quotes; undefined where it is malformed. */
function splitList(text: Bytes): readonly Bytes[] | undefined {
  if (/^[ \t\n\v\f\r]*$/.test(text)) return [];
  const members: Bytes[] = [];
  const member = /[ \t\n\v\f\r]*(?:"((?:[^"]|"")*)"|([^," \t\n\v\f\r][^, \t\n\v\f\r]*))[ \t\n\v\f\r]*(,|$)/y;
  for (;;) {
    const match = member.exec(text);
    if (match === null) return undefined;
    members.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") return members;
  }
}
