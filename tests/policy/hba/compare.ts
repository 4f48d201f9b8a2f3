import type { Decision, ReportedRule } from "../../../policy/analysis/hba/index.ts";
import type { Probe } from "./generate/file.ts";
import { knownDeviations } from "./known-deviations.ts";
import type { ViewRow } from "./postgres.ts";
import type { Observation } from "./probe.ts";
import { withMd5Verifier } from "./world.ts";

/** How the rows of `pg_hba_file_rules` differ from the rules of a report, and which known deviations were met. */
export function compareRows(
  ours: readonly ReportedRule[],
  rows: readonly ViewRow[],
  path: string,
): { differences: readonly string[]; known: readonly string[] } {
  const shown = rows.map((row) => asRule(row, path));
  const differences: string[] = [];
  const known: string[] = [];
  for (let index = 0; index < Math.max(ours.length, shown.length); index++) {
    const [one, other] = [ours[index], shown[index]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    const deviation = one && other && knownDeviations.find(({ explains }) => explains(one, other));
    if (deviation === undefined)
      differences.push(`row ${String(index)}\n  ours ${JSON.stringify(one)}\n  view ${JSON.stringify(other)}`);
    else known.push(deviation.name);
  }
  return { differences, known };
}

function asRule(row: ViewRow, path: string): ReportedRule {
  return {
    line: row.line_number,
    origin: "file",
    ...(row.file_name !== undefined && row.file_name !== path && { file: row.file_name }),
    type: row.type as ReportedRule["type"],
    databases: row.database,
    users: row.user_name,
    address: row.address,
    netmask: row.netmask,
    method: row.auth_method as ReportedRule["method"],
    options: row.options,
    error: row.error,
  };
}

/** How a server's answer differs from a decision; undefined where it does not. */
export function compareAnswer(
  decision: Decision,
  rules: readonly ReportedRule[],
  probe: Probe,
  observed: Observation,
  path: string,
): string | undefined {
  const expected = expectedAnswer(decision, rules, probe);
  const line = observed.line === undefined || observed.line === decision.line;
  const file = observed.file === undefined || observed.file === (decision.file ?? path);
  if (observed.answer === expected && line && file) return undefined;
  return `probe ${JSON.stringify(probe)}\n  ours ${expected} by ${JSON.stringify(decision)}\n  server ${JSON.stringify(observed)}`;
}

function expectedAnswer(decision: Decision, rules: readonly ReportedRule[], probe: Probe): string {
  if (decision.undecided !== undefined) return "undecided";
  if (decision.method === null) return "none";
  const rule = rules.find(({ line, file }) => line === decision.line && file === decision.file);
  if (rule === undefined) throw new Error(`no rule at the place of ${JSON.stringify(decision)}`);
  const wantsCertificate = rule.options?.some((option) => option.startsWith("clientcert="));
  if (wantsCertificate && !probe.certificate) return "certificate required";
  // The certificate names no database user, which is all that is wrong with this connection.
  if (decision.method === "trust" && rule.options?.includes("clientcert=verify-full")) return "certificate mismatch";
  switch (decision.method) {
    case "ldap":
    case "pam":
    case "radius":
      return "password";
    case "md5":
      return probe.user === withMd5Verifier ? "md5" : "scram";
    case "scram-sha-256":
      return "scram";
    default:
      return decision.method;
  }
}
