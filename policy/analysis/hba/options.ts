import { splitAt } from "./address.ts";
import { type Bytes, toText } from "./bytes.ts";
import { optionChecks } from "./option-checks.ts";
import { type OptionLine, type OptionValues, setters } from "./option-setters.ts";
import { LineError, type Method } from "./rule.ts";
import type { Server } from "./server.ts";
import type { Token } from "./tokens.ts";

/** The methods that an option is for. */
interface Owner {
  readonly methods: readonly Method[];
  /** In PostgreSQL's words. */
  readonly words: string;
}

const withMap = ["ident", "peer", "gss", "sspi", "cert"] as const;
const owners: ReadonlyMap<string, Owner> = new Map([
  ...own({ methods: withMap, words: "ident, peer, gssapi, sspi, and cert" }, "map"),
  ...own({ methods: ["gss", "sspi"], words: "gssapi and sspi" }, "krb_realm", "include_realm"),
  ...only("sspi", "compat_realm", "upn_username"),
  ...only("pam", "pamservice", "pam_use_hostname"),
  ...only("ldap", "ldapurl", "ldaptls", "ldapscheme", "ldapserver", "ldapport", "ldapbinddn", "ldapbindpasswd"),
  ...only("ldap", "ldapsearchattribute", "ldapsearchfilter", "ldapbasedn", "ldapprefix", "ldapsuffix"),
  ...only("radius", "radiusservers", "radiusports", "radiussecrets", "radiusidentifiers"),
]);
const ownersSince18: ReadonlyMap<string, Owner> = new Map([
  ...owners,
  ...own({ methods: [...withMap, "oauth"], words: "ident, peer, gssapi, sspi, cert, and oauth" }, "map"),
  ...only("oauth", "issuer", "scope", "validator", "delegate_ident_mapping"),
]);
/** Options for any method, where the client shows a certificate. */
const certificateOptions: readonly string[] = ["clientcert", "clientname"];

function own(owner: Owner, ...options: string[]): readonly (readonly [string, Owner])[] {
  return options.map((option) => [option, owner]);
}

function only(method: Method, ...options: string[]): readonly (readonly [string, Owner])[] {
  return own({ methods: [method], words: method }, ...options);
}

/**
 * The options in effect for a line, as `pg_hba_file_rules` lists them.
 * @throws LineError
 */
export function parseOptions(tokens: readonly Token[], line: OptionLine): readonly Bytes[] {
  const values: OptionValues = new Map();
  for (const { text } of tokens) {
    const [name, value] = splitAt(text, "=");
    if (value === undefined) throw new LineError(`authentication option not in name=value format: ${toText(text)}`);
    // Every further option takes back the scope of an ldapurl.
    values.delete("ldapscope");
    checkOwner(name, line.method, line.server);
    const set = setters.get(name);
    if (set === undefined) values.set(name, value);
    else set(values, value, line);
  }
  optionChecks[line.method]?.(values, line.server);
  if (line.method === "cert") values.set("clientcert", "verify-full");
  return listOptions(values, line.method);
}

function checkOwner(name: Bytes, method: Method, { major }: Server): void {
  if (certificateOptions.includes(name)) return;
  const owner = (major >= 18 ? ownersSince18 : owners).get(name);
  if (owner === undefined) throw new LineError(`unrecognized authentication option name: "${toText(name)}"`);
  if (!owner.methods.includes(method)) {
    throw new LineError(`authentication option "${name}" is only valid for authentication methods ${owner.words}`);
  }
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

function listOptions(given: OptionValues, method: Method): readonly Bytes[] {
  const values = new Map(given);
  if (method === "gss" && !values.has("include_realm")) values.set("include_realm", "true");
  if (method === "ldap" && !values.has("ldapscope")) values.set("ldapscope", ldapSubtree);
  if (values.get("ldapscope") === ldapBase) values.delete("ldapscope");
  return listed.flatMap((name) => {
    const value = values.get(name);
    return value === undefined || (flags.includes(name) && value === "false") ? [] : `${name}=${value}`;
  });
}
