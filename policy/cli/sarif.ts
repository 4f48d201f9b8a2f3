import type { Log, Notification, ReportingDescriptor, Result } from "sarif";
import packageJson from "../package.json" with { type: "json" };
import type { Problem } from "../analysis/objects.ts";
import type { Rule, Severity } from "../rules/rule.ts";
import type { CheckFinding, CheckResult } from "./check.ts";

/** What code scanning sorts by: the scale of CVSS. */
const scores: Readonly<Record<Severity, string>> = { low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" };

const levels = { mandatory: "error", advisory: "warning" } as const;

/** The result in the format of SARIF 2.1.0. */
export function sarifLog({ findings, undecided, unread }: CheckResult, rules: readonly Rule[]): Log {
  const failed = (finding: CheckFinding): Result => ({ kind: "fail", level: levels[finding.level], ...place(finding) });
  const open = (finding: CheckFinding): Result => ({ kind: "open", level: "none", ...place(finding) });
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: packageJson.name, version: packageJson.version, rules: rules.map(descriptor) } },
        invocations: [{ executionSuccessful: unread.length === 0, toolExecutionNotifications: unread.map(notRead) }],
        results: [...findings.map(failed), ...undecided.map(open)],
      },
    ],
  };
}

function notRead({ file, line, message }: Problem): Notification {
  return {
    level: "error",
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } } }],
  };
}

function descriptor({ name, description, fix, url, level, severity }: Rule): ReportingDescriptor {
  return {
    id: name,
    shortDescription: { text: description },
    help: { text: `Fix: ${fix}` },
    helpUri: url,
    defaultConfiguration: { level: levels[level] },
    properties: { tags: ["security"], "security-severity": scores[severity] },
  };
}

function place({ rule, object, file, line, message, fix }: CheckFinding): Omit<Result, "kind" | "level"> {
  return {
    ruleId: rule,
    message: { text: `${object}: ${message}\nFix: ${fix}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } },
        logicalLocations: [{ fullyQualifiedName: object, kind: "resource" }],
      },
    ],
  };
}
