import type { Description } from "../rules/rule.ts";
import type { Judgement } from "../rules/judge.ts";
import { titleOf } from "../rules/title.ts";

/** A finding as the engine prints it below the rule's description: what is wrong, and what to write instead. */
export function messageOf(rule: Description, { message, fix, subject }: Judgement): string {
  const title = subject === undefined ? "" : `${titleOf(subject)}: `;
  return `${title}${message}\nFix: ${fix ?? rule.fix}\n${rule.url}`;
}
