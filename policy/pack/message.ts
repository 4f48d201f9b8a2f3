import type { KubeObject } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";
import type { Description } from "../rules/rule.ts";
import type { Judgement } from "../rules/judge.ts";

/** A finding as the engine prints it below the rule's description: what is wrong, and what to write instead. */
export function messageOf(rule: Description, { message, fix, subject }: Judgement): string {
  const title = subject === undefined ? "" : `${titleOf(subject)}: `;
  return `${title}${message}\nFix: ${fix ?? rule.fix}\n${rule.url}`;
}

/** `Kind namespace/name` of an object, `name (type)` of any other resource. */
export function titleOf(subject: KubeObject | Resource): string {
  if ("objects" in subject) return `${subject.name} (${subject.type})`;
  const { kind, namespace, name } = subject;
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
