import { at, quote } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

const parametersPath = ["spec", "pgbouncer", "parameters"];

/** What each side of PgBouncer must be set to; of the server's the operator's default, verify-ca, is good already. */
const sides = [
  { name: "client_tls_sslmode", good: ["require", "verify-ca", "verify-full"], byDefault: "prefer" },
  { name: "server_tls_sslmode", good: ["verify-ca", "verify-full"], byDefault: "verify-ca" },
];

/** Through a Pooler, clients meet PgBouncer's rules instead of PostgreSQL's, and those only offer TLS. */
export const poolerTlsOnly: ObjectRule = {
  scope: "object",
  name: "pooler-tls-only",
  level: "mandatory",
  severity: "critical",
  description: "A Pooler must ask its clients for TLS, and must know the server that it hands them on to.",
  fix: 'set client_tls_sslmode to "require" in spec.pgbouncer.parameters, and leave out server_tls_sslmode',
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/#pgbouncer-configuration-options",
  kinds: ["Pooler.postgresql.cnpg.io"],
  judge({ body }, { resource }) {
    if (isUnknown(at(body, ...parametersPath))) {
      return [{ path: parametersPath, message: "the parameters are not known before up", undecided: true }];
    }
    return sides.flatMap(({ name, good, byDefault }) => {
      const path = [...parametersPath, name];
      const value = at(body, ...path);
      if (isUnknown(value)) return [{ path, message: `${name} is not known before up`, undecided: true }];
      if (value === undefined && resource.patch) return [];
      const mode = value ?? byDefault;
      if (typeof mode === "string" && good.includes(mode)) return [];
      return [{ path, message: `${name} is ${quote(mode)}${value === undefined ? " by default" : ""}` }];
    });
  },
};
