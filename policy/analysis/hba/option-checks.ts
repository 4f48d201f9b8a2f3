import { toText } from "./bytes.ts";
import type { OptionValues } from "./option-setters.ts";
import { LineError, type Method } from "./rule.ts";
import type { Server } from "./server.ts";
import { splitList } from "./values.ts";

const mixedModes = "cannot mix options for simple bind and search+bind modes";
const mixedModesBefore18 =
  "cannot use ldapbasedn, ldapbinddn, ldapbindpasswd, ldapsearchattribute, ldapsearchfilter, or ldapurl together with ldapprefix";

type Check = (values: OptionValues, server: Server) => void;

/** What a method demands of its options together. */
export const optionChecks: Partial<Readonly<Record<Method, Check>>> = {
  ldap: (values, server) => {
    const search = ["ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter"];
    if (values.has("ldapprefix") || values.has("ldapsuffix")) {
      if (search.some((name) => values.has(name))) {
        throw new LineError(server.major >= 18 ? mixedModes : mixedModesBefore18);
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
