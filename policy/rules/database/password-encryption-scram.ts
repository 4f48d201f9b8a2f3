import { quote } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";
import { normalized, settingsOf } from "./postgres-parameters.ts";

/** What md5 stores is as good as the password to whoever reads it, and a line with scram-sha-256 locks its role out. */
export const passwordEncryptionScram: ObjectRule = {
  scope: "object",
  name: "password-encryption-scram",
  level: "mandatory",
  severity: "high",
  description: "A Cluster must keep passwords as SCRAM verifiers, as PostgreSQL does by itself.",
  fix: "leave out password_encryption",
  url: "https://www.postgresql.org/docs/current/auth-password.html",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge: (object) =>
    settingsOf(object, "password_encryption").flatMap(({ path, value }) => {
      if (isUnknown(value)) return [{ path, message: "password_encryption is not known before up", undecided: true }];
      if (normalized(value) === "scram-sha-256") return [];
      return [{ path, message: `password_encryption is ${quote(value)}` }];
    }),
};
