import type { JsonObject } from "../analysis/json.ts";
import type { KubeObject } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";
import { readToken } from "../analysis/type-token.ts";
import { isExempt } from "./exemptions.ts";
import { withDefaults } from "./parameters.ts";
import type { Finding, ObjectRule, ResourceRule, Rule, StackRule } from "./rule.ts";
import type { Stack } from "./stack.ts";

/** A finding with what it is about; a stack rule may find something wrong with the whole. */
export interface Judgement extends Finding {
  readonly subject: KubeObject | Resource | undefined;
}

/** Whether a rule can have anything to say of resources of a type: asked before anything else of them is read. */
export function concerns(rule: ObjectRule | ResourceRule, type: string): boolean {
  if (rule.scope === "resource") return rule.types.includes(type);
  const token = readToken(type);
  if (token === undefined) return false;
  const { apiVersion, kind } = token;
  return [kind, kind.replace(/List$/, "")].some((one) => rule.kinds.includes(kindName(apiVersion, one)));
}

/** What a rule says of one resource: nothing where the resource is none of its concern, or exempt. */
export function judgeResource(
  rule: ObjectRule | ResourceRule,
  resource: Resource,
  configured: JsonObject,
): readonly Judgement[] {
  const parameters = withDefaults(rule, configured);
  if (!concerns(rule, resource.type)) return [];
  const exempt = (subject: KubeObject | Resource) => isExempt(parameters, resource.urn, subject);
  if (rule.scope === "resource") {
    if (exempt(resource)) return [];
    return rule.judge(resource, { parameters, resource }).map((finding) => ({ ...finding, subject: resource }));
  }
  return resource.objects
    .filter((object) => rule.kinds.includes(kindName(object.apiVersion, object.kind)) && !exempt(object))
    .flatMap((object) =>
      rule.judge(object, { parameters, resource }).map((finding) => ({ ...finding, subject: object })),
    );
}

/** What a rule says of everything together. */
export function judgeStack(rule: StackRule, stack: Stack, configured: JsonObject): readonly Judgement[] {
  const parameters = withDefaults(rule, configured);
  return rule
    .judge(stack, parameters)
    .map((finding) => ({ ...finding, subject: finding.subject }))
    .filter(({ subject }) => subject === undefined || !isExempt(parameters, urnOf(subject, stack), subject));
}

/** What a rule says of resources one by one, or of all of them together. */
export function judge(rule: Rule, stack: Stack, configured: JsonObject): readonly Judgement[] {
  if (rule.scope === "stack") return judgeStack(rule, stack, configured);
  return stack.resources.flatMap((resource) => judgeResource(rule, resource, configured));
}

/** The resource that a finding is about, or that its object came with. */
export function urnOf(subject: KubeObject | Resource, stack: Stack): string {
  return "objects" in subject ? subject.urn : (stack.resourceOf(subject)?.urn ?? "");
}

/** As {@link ObjectRule} names kinds: `Cluster.postgresql.cnpg.io`, `Pod`. */
function kindName(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
}
