import { type Bytes, toText } from "./bytes.ts";
import { LineError } from "./rule.ts";

const scopes: ReadonlyMap<string, string> = new Map([
  ["", "0"],
  ["base", "0"],
  ["one", "1"],
  ["onelevel", "1"],
  ["sub", "2"],
  ["subtree", "2"],
  ["subordinate", "3"],
  ["children", "3"],
]);

/** PostgreSQL takes the library's URL error for an LDAP result code; these are the words for those. */
const wrongScheme = "Time limit exceeded";
const wrongUrl = "Compare False";
const wrongScope = "Strong(er) authentication required";

/**
 * The options that an `ldapurl` stands for: `ldap[s]://host[:port]/basedn[?attribute[?scope[?filter]]]`.
 * @throws LineError
 */
export function parseLdapUrl(url: Bytes): ReadonlyMap<string, Bytes> {
  const scheme = /^(ldap[si]?):\/\//i.exec(url);
  if (scheme === null) throw unreadable(url, wrongScheme);
  const name = scheme[1]?.toLowerCase() ?? "";
  const parts = /^(\[[^\]]*\]|[^:/?]*)(?::([0-9]+))?(?:\/(.*))?$/s.exec(url.slice(scheme[0].length));
  if (parts === null) throw unreadable(url, wrongUrl);
  const [, host = "", port, rest = ""] = parts;
  const [base = "", attributes = "", scope = "", filter = ""] = rest.split("?").map(decode);
  const scopeNumber = scopes.get(scope.toLowerCase());
  if (scopeNumber === undefined) throw unreadable(url, wrongScope);
  if (name === "ldapi") throw new LineError("unsupported LDAP URL scheme: ldapi");
  return new Map([
    ["ldapscheme", name],
    ...entry("ldapserver", decode(host)),
    ["ldapport", port ?? (name === "ldaps" ? "636" : "389")],
    ["ldapbasedn", base],
    ...entry("ldapsearchattribute", attributes.split(",")[0] ?? ""),
    ["ldapscope", scopeNumber],
    ...entry("ldapsearchfilter", filter),
  ]);
}

function entry(name: string, value: Bytes): readonly (readonly [string, Bytes])[] {
  return value === "" ? [] : [[name, value]];
}

function unreadable(url: Bytes, reason: string): LineError {
  return new LineError(`could not parse LDAP URL "${toText(url)}": ${reason}`);
}

function decode(text: Bytes): Bytes {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
