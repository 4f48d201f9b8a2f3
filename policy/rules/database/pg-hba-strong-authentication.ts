import { texts } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";
import { judgeAllowLines } from "./hba-lines.ts";

/** What proves who a client is without showing the server, or whoever listens, what could be used again. */
const strong = ["scram-sha-256", "cert"];

/** trust asks for nothing, password and ldap hand the password over, and md5 takes what is as good as the password. */
export const pgHbaStrongAuthentication: ObjectRule = {
  scope: "object",
  name: "pg-hba-strong-authentication",
  level: "mandatory",
  severity: "critical",
  description: "Every pg_hba line of a Cluster that lets clients in must authenticate them by SCRAM or by certificate.",
  fix: "end the line with scram-sha-256, or with cert",
  url: "https://www.postgresql.org/docs/current/auth-methods.html",
  parameters: {
    methods: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: strong,
      description: "The authentication methods that count as strong, as pg_hba.conf names them",
    },
  },
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge: (object, { parameters }) =>
    judgeAllowLines(object, ({ rule: { method } }) =>
      texts(parameters["methods"]).includes(method) ? [] : [{ message: `authenticates by ${method}` }],
    ),
};
