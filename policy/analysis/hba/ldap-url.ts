import { type Bytes, toText } from "./bytes.ts";
import { LineError } from "./rule.ts";

const scopes: Readonly<Record<string, string>> = {
  base: "0",
  one: "1",
  onelevel: "1",
  sub: "2",
  subtree: "2",
  children: "3",
  subordinate: "3",
};

/**
 * The options that an `ldapurl` stands for: `ldap[s]://host[:port]/basedn[?attribute[?scope[?filter]]]`.
 * @throws LineError
 */
export function parseLdapUrl(url: Bytes): ReadonlyMap<string, Bytes> {
  const match = /^(ldaps?|ldapi|pldaps?|cldap):\/\/(\[[^\]]*\]|[^:/?]*)(?::([0-9]+))?(?:\/(.*))?$/is.exec(url);
  if (match === null)
    throw new LineError(`could not parse LDAP URL "${toText(url)}": Bad parameter to an ldap routine`);
  const [, scheme = "", host = "", port, rest = ""] = match;
  const [base = "", attribute = "", scope = "", filter = ""] = rest.split("?").map(unescape);
  if (!/^ldaps?$/i.test(scheme)) throw new LineError(`unsupported LDAP URL scheme: ${scheme.toLowerCase()}`);
  const scopeNumber = scope === "" ? "2" : scopes[scope.toLowerCase()];
  if (scopeNumber === undefined) {
    throw new LineError(`could not parse LDAP URL "${toText(url)}": Bad parameter to an ldap routine`);
  }
  const options = new Map([["ldapscheme", scheme.toLowerCase()]]);
  if (host !== "") options.set("ldapserver", unescape(host));
  if (port !== undefined) options.set("ldapport", port);
  options.set("ldapbasedn", base);
  if (attribute !== "") options.set("ldapsearchattribute", attribute.split(",")[0] ?? "");
  options.set("ldapscope", scopeNumber);
  if (filter !== "") options.set("ldapsearchfilter", filter);
  return options;
}

function unescape(text: Bytes): Bytes {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
