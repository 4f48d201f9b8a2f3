import type { ObjectRule } from "../rule.ts";
import { judgeAllowLines } from "./hba-lines.ts";

/** A password that is asked for without TLS goes over the wire next to the data, and nobody knows who answered. */
export const pgHbaTlsOnly: ObjectRule = {
  scope: "object",
  name: "pg-hba-tls-only",
  level: "mandatory",
  severity: "critical",
  description: "Every pg_hba line of a Cluster that lets clients in must ask for TLS.",
  fix: "begin the line with hostssl",
  url: "https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge: (object) =>
    judgeAllowLines(object, ({ rule: { type } }) => {
      if (type === "hostssl") return [];
      if (type === "local") {
        return [{ message: "is never reached: the operator's own line for local comes first", fix: "remove the line" }];
      }
      return [{ message: `lets clients in without TLS: ${type}` }];
    }),
};
