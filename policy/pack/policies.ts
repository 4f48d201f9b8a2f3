import type { Policies, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { object, type JsonObject } from "../analysis/json.ts";
import { unknownValue } from "../analysis/unknown.ts";
import { judgeResource, judgeStack, urnOf, type Judgement } from "../rules/judge.ts";
import { parameterSchemas } from "../rules/parameters.ts";
import type { Rule } from "../rules/rule.ts";
import type { Stack } from "../rules/stack.ts";
import { messageOf } from "./message.ts";
import { resourceAsked, stackAsked } from "./requests.ts";
import { UnknownValueError } from "./unknown-value-error.ts";
import { plainValue } from "./values.ts";

type Policy = Policies[number];

/** A rule as a policy that the engine asks. */
export function policyOf(rule: Rule): Policy {
  const { name, description, level, severity, fix, url } = rule;
  const common = {
    name,
    description,
    enforcementLevel: level,
    severity,
    remediationSteps: fix,
    url,
    configSchema: { properties: parameterSchemas(rule) },
  };
  if (rule.scope === "stack") {
    return {
      ...common,
      validateStack: (args, report) => {
        const stack = stackAsked();
        if (stack !== undefined) answer(rule, judgeStack(rule, stack, configured(args)), report, stack);
      },
    };
  }
  return {
    ...common,
    validateResource: (args, report) => {
      const resource = resourceAsked(args.urn);
      if (resource !== undefined) answer(rule, judgeResource(rule, resource, configured(args)), report);
    },
  };
}

function configured(args: ResourceValidationArgs | StackValidationArgs): JsonObject {
  return object(plainValue(args.getConfig()));
}

/** Reports what is wrong; what nobody can know yet is told the engine by the SDK's own error, which it shows as advice. */
function answer(rule: Rule, found: readonly Judgement[], report: ReportViolation, stack?: Stack): void {
  for (const judgement of found.filter(({ undecided }) => undecided !== true)) {
    const { subject } = judgement;
    report(messageOf(rule, judgement), subject && stack ? urnOf(subject, stack) : undefined);
  }
  const open = found.find(({ undecided }) => undecided === true);
  if (open !== undefined) throw new UnknownValueError(unknownValue, (open.path ?? []).map(String));
}
