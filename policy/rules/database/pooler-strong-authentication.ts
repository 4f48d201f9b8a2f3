import { operandServer, parseLines } from "../../analysis/hba/index.ts";
import { at, list, quote, text } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";

const typePath = ["spec", "pgbouncer", "parameters", "auth_type"];
const linesPath = ["spec", "pgbouncer", "pg_hba"];

/** Of PgBouncer's ways: md5 is SCRAM wherever the server keeps SCRAM verifiers, and hba leaves it to the lines. */
const strong = ["scram-sha-256", "cert", "md5"];

/** PgBouncer believes whom it lets in: what it does not ask for, PostgreSQL does not ask for either. */
export const poolerStrongAuthentication: ObjectRule = {
  scope: "object",
  name: "pooler-strong-authentication",
  level: "mandatory",
  severity: "critical",
  description: "A Pooler must authenticate every client by SCRAM or by certificate.",
  fix: "leave out auth_type, and end the lines of spec.pgbouncer.pg_hba that let in with scram-sha-256 or cert",
  url: "https://www.pgbouncer.org/config.html#hba-file-format",
  kinds: ["Pooler.postgresql.cnpg.io"],
  judge: (object) => [...typeProblems(object), ...lineProblems(object)],
};

function typeProblems({ body }: KubeObject): Finding[] {
  const type = at(body, ...typePath);
  if (type === undefined || type === "hba" || strong.includes(text(type) ?? "")) return [];
  return [{ path: typePath, message: `auth_type is ${isUnknown(type) ? "not known before up" : quote(type)}` }];
}

/** The lines are written as PostgreSQL's are; one at a time, since each is judged for itself. */
function lineProblems({ body }: KubeObject): Finding[] {
  const lines = at(body, ...linesPath);
  if (isUnknown(lines)) return [{ path: linesPath, message: "pg_hba is not known before up" }];
  return list(lines).flatMap((line, index): Finding[] => {
    const path = [...linesPath, index];
    if (isUnknown(line)) return [{ path, message: `pg_hba[${String(index)}] is not known before up` }];
    return parseLines(text(line) ?? "", operandServer(18))
      .entries.flatMap(({ rule }) => rule?.method ?? [])
      .filter((method) => method !== "reject" && method !== "peer" && !strong.includes(method))
      .map((method) => ({ path, message: `pg_hba[${String(index)}] authenticates by ${method}` }));
  });
}
