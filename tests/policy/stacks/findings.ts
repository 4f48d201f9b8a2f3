import {
  access,
  canAll,
  compareAccess,
  objectsOf,
  powers,
  type AccessRow,
  type KubeObject,
  type Problem,
  type Question,
} from "../../../policy/analysis/index.ts";
import { describe } from "../access/lab.ts";
import type { Stack } from "./stack.ts";

const questions: readonly Omit<Question, "subject" | "namespace">[] = [
  { verb: "get", resource: "secrets", name: "pg-app-credentials" },
  { verb: "get", resource: "secrets", name: "pg-ca" },
  { verb: "list", resource: "secrets" },
  { verb: "create", resource: "pods" },
];

/** A stack, and what the judges say of it alone. */
export interface Judged {
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  readonly problems: readonly string[];
  readonly powers: readonly string[];
  readonly answers: readonly string[];
}

export function judged({ objects: rendered, namespace }: Stack): Judged {
  const problems: Problem[] = [];
  const objects = objectsOf(rendered, problems);
  access(objects, "standard", problems);
  return {
    namespace,
    objects,
    problems: problems.map(({ message }) => message),
    powers: powers(objects).map(({ subject, power, scope }) => `${subject}: ${power} in ${scope}`),
    answers: answersOf(objects, namespace),
  };
}

/** What is different between a stack and a mutant of it, one line each; empty where nothing is that the judges answer. */
export function findings(before: Judged, after: Judged): string[] {
  const { gained, lost, changed } = compareAccess(before.objects, after.objects, "standard", []);
  const lines = [
    ...gained.map((row) => `gained: ${describe(row)}`),
    ...lost.map((row) => `lost: ${describe(row)}`),
    ...changed.map((change) => `changed: ${describe(change.before)}${difference(change.before, change.after)}`),
    ...setDifference(before.powers, after.powers).map((line) => `power ${line}`),
    ...setDifference(before.answers, after.answers).map((line) => `can ${line}`),
    ...after.problems.filter((line) => !before.problems.includes(line)).map((line) => `problem: ${line}`),
  ];
  return [...new Set(lines.map((line) => line.replaceAll(before.namespace, "production")))].sort();
}

function difference(before: AccessRow, after: AccessRow): string {
  const lines = ({ postgres }: AccessRow) =>
    postgres
      .map(({ databases, roles, method, tls }) => `${databases.join()} ${roles.join()} ${method} tls ${tls}`)
      .join("; ");
  const parts = [
    before.verdict === after.verdict ? "" : ` -> ${after.verdict}`,
    lines(before) === lines(after) ? "" : ` (${lines(before)} -> ${lines(after)})`,
  ];
  return parts.join("");
}

function answersOf(objects: readonly KubeObject[], namespace: string): string[] {
  return ["myapp", "default"].flatMap((account) => {
    const subject = `system:serviceaccount:${namespace}:${account}`;
    return canAll(
      objects,
      questions.map((question) => ({ ...question, subject, namespace })),
    ).flatMap(({ allowed }, index) => {
      const { verb, resource = "", name = "" } = questions[index] ?? { verb: "" };
      return allowed === true ? [[account, verb, resource, name].join(" ").trim()] : [];
    });
  });
}

function setDifference(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((line) => !before.includes(line)).map((line) => `gained: ${line}`),
    ...before.filter((line) => !after.includes(line)).map((line) => `lost: ${line}`),
  ];
}
