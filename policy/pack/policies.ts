import type {
  Policies,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import { object, type JsonObject } from "../analysis/json.ts";
import { resourceAt, type Resource } from "../analysis/resources.ts";
import { unknownValue } from "../analysis/unknown.ts";
import { concerns, judgeResource, judgeStack, urnOf, type Judgement } from "../rules/judge.ts";
import { parameterSchemas } from "../rules/parameters.ts";
import type { Rule } from "../rules/rule.ts";
import type { Stack } from "../rules/stack.ts";
import { messageOf } from "./message.ts";
import { stackOnce } from "./stack-once.ts";
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
        const stack = stackOnce(args.resources.map(resourceOf));
        answer(rule, judgeStack(rule, stack, configured(args)), report, stack);
      },
    };
  }
  return {
    ...common,
    validateResource: (args, report) => {
      if (!concerns(rule, args.type)) return;
      answer(rule, judgeResource(rule, resourceOf(args), configured(args)), report);
    },
  };
}

function resourceOf(args: ResourceValidationArgs | PolicyResource): Resource {
  const { type, name, urn, opts, props } = args;
  const document = { value: plainValue(props), lineOf: () => 1 };
  return resourceAt(document, [], { type, name, urn, protect: opts.protect, references: referencesOf(args) }, urn, []);
}

/** Of what its values were made, the engine tells only together with everything else. */
function referencesOf(args: ResourceValidationArgs | PolicyResource): Resource["references"] {
  if (!("propertyDependencies" in args)) return undefined;
  const entries = Object.entries(args.propertyDependencies);
  return Object.fromEntries(entries.map(([property, resources]) => [property, resources.map(({ urn }) => urn)]));
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
