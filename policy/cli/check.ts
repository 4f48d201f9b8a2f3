import type { JsonObject } from "../analysis/json.ts";
import type { Problem } from "../analysis/objects.ts";
import { settingsOf } from "../rules/configuration.ts";
import { rules } from "../rules/index.ts";
import { judge, type Judgement } from "../rules/judge.ts";
import type { Level, Rule } from "../rules/rule.ts";
import { stackOf } from "../rules/stack.ts";
import { titleOf } from "../rules/title.ts";
import { readConfiguration } from "./configuration.ts";
import type { Report, Section } from "./format.ts";
import { readResources } from "./input.ts";
import { sarifLog } from "./sarif.ts";

export const checkFormats = ["table", "json", "markdown", "sarif"] as const;
export type CheckFormat = (typeof checkFormats)[number];

export interface CheckOptions {
  readonly format: CheckFormat;
  readonly failOn: Level;
  readonly config?: string;
}

/** What a rule said of one object or resource, and where that stands. */
export interface CheckFinding {
  readonly rule: string;
  readonly level: Level;
  /** `Kind namespace/name`, `name (type)`, or `stack` for everything together. */
  readonly object: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

export interface CheckResult {
  readonly findings: readonly CheckFinding[];
  /** What only `up` will tell. */
  readonly undecided: readonly CheckFinding[];
  /** How many resources were judged. */
  readonly checked: number;
  /** What could not be read, and was not judged. */
  readonly unread: readonly Problem[];
}

/** `guard check`: every rule of the pack on manifests, a preview or a state. */
export function checkCommand(files: readonly string[], options: CheckOptions): { report: Report; exitCode: number } {
  const configuration = options.config === undefined ? {} : readConfiguration(options.config, rules);
  const result = check(files, configuration);
  const failing = result.findings.some(({ level }) => level === "mandatory" || options.failOn === "advisory");
  return { report: reportOf(result, options.format), exitCode: failing ? 1 : 0 };
}

function check(files: readonly string[], configuration: JsonObject): CheckResult {
  const { items: resources, unread } = readResources(files);
  const stack = stackOf(resources);
  const all = rules.flatMap((rule) => {
    const { level, parameters } = settingsOf(rule, configuration);
    if (level === "disabled") return [];
    return judge(rule, stack, parameters).map((judgement) => ({
      undecided: judgement.undecided === true,
      finding: { rule: rule.name, level, ...placed(rule, judgement, files) },
    }));
  });
  const sorted = (undecided: boolean) =>
    all
      .filter((one) => one.undecided === undecided)
      .map(({ finding }) => finding)
      .sort(byWeightAndPlace);
  return { findings: sorted(false), undecided: sorted(true), checked: resources.length, unread };
}

function placed(rule: Rule, { subject, message, fix = rule.fix, path = [] }: Judgement, files: readonly string[]) {
  return {
    object: subject === undefined ? "stack" : titleOf(subject),
    file: subject?.position.file ?? files[0] ?? "",
    line: subject?.lineOf(...path) ?? 1,
    message,
    fix,
  };
}

function byWeightAndPlace(a: CheckFinding, b: CheckFinding): number {
  if (a.level !== b.level) return a.level === "mandatory" ? -1 : 1;
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

function reportOf(result: CheckResult, format: CheckFormat): Report {
  const { unread } = result;
  if (format === "sarif") return { data: sarifLog(result, rules), sections: [], unread };
  const tell = format === "markdown" ? asTable : asText;
  return { data: result, sections: [...tell(result), { text: summary(result) }], unread };
}

function asTable({ findings, undecided }: CheckResult): Section[] {
  const header = ["LEVEL", "RULE", "OBJECT", "WHERE", "FINDING", "FIX"];
  const row = (level: string, { rule, object, file, line, message, fix }: CheckFinding) => [
    ...[level, rule, object, `${file}:${String(line)}`, message, fix],
  ];
  const rows = [...findings.map((one) => row(one.level, one)), ...undecided.map((one) => row("undecided", one))];
  return rows.length === 0 ? [] : [{ header, rows }];
}

function asText({ findings, undecided }: CheckResult): Section[] {
  const section = (level: string, { rule, object, file, line, message, fix }: CheckFinding) => ({
    text: `${file}:${String(line)}: ${level}: ${rule}\n  ${object}: ${message}\n  Fix: ${fix}`,
  });
  return [...findings.map((one) => section(one.level, one)), ...undecided.map((one) => section("undecided", one))];
}

function summary({ findings, undecided, checked }: CheckResult): string {
  const count = (level: Level) => findings.filter((one) => one.level === level).length;
  const counts = [`${String(count("mandatory"))} mandatory`, `${String(count("advisory"))} advisory`];
  const open = undecided.length === 0 ? "" : `, ${String(undecided.length)} undecided until up`;
  return `${counts.join(" and ")} findings in ${String(checked)} resources${open}.`;
}
