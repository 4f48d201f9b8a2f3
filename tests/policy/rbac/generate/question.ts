import type { Question } from "../../../../policy/analysis/rbac/index.ts";
import type { Random } from "../../random.ts";
import type { Manifest } from "./manifests.ts";
import {
  accounts,
  askedUrls,
  groupNames,
  groups,
  names,
  namespaces,
  resources,
  verbs,
  wrongResources,
} from "./vocabulary.ts";

/** A random question; two in three are aimed at what a binding of the set grants, and miss it at most by a little. */
export function question(random: Random, set: readonly Manifest[]): Question {
  const subject = random.pick(["jane", "bob", "system:anonymous", "group:dev", "group:ops", ...accountNames()]);
  const stray: Question = random.chance(0.15)
    ? { subject, verb: random.pick(["get", "post", "list"]), url: random.pick(askedUrls) }
    : {
        subject,
        verb: random.pick(verbs),
        namespace: random.pick(["", ...namespaces]),
        group: random.pick(groups),
        ...resource(random, random.pick([...resources, ...wrongResources])),
        name: random.pick(names),
      };
  const aimed = random.chance(0.67) ? aim(random, set) : undefined;
  const missed = aimed !== undefined && random.chance(0.3) ? random.pick(Object.keys(aimed)) : undefined;
  const asked = {
    ...(aimed ?? stray),
    ...(missed !== undefined && missed in stray && { [missed]: stray[missed as keyof Question] }),
  };
  return random.chance(0.1) ? { ...asked, groups: random.some(groupNames, 1, 3) } : asked;
}

interface GeneratedRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface GeneratedBinding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string | number; readonly namespace?: string }[];
}

/** A question that a rule of the set answers with yes, unless the set holds it back in some way. */
function aim(random: Random, set: readonly Manifest[]): Question | undefined {
  const bindings = set.filter(
    ({ subjects }) => Array.isArray(subjects) && subjects.length > 0,
  ) as unknown as GeneratedBinding[];
  const granting = bindings
    .map((binding) => ({ ...binding, rules: rulesBoundBy(binding, set) }))
    .filter(({ rules }) => rules.length > 0);
  if (granting.length === 0) return undefined;
  const { metadata, subjects, rules } = random.pick(granting);
  const { kind, name, namespace = metadata.namespace ?? "" } = random.pick(subjects);
  const rule = random.pick(rules);
  const users: Record<string, string> = {
    Group: `group:${String(name)}`,
    ServiceAccount: `system:serviceaccount:${namespace}:${String(name)}`,
  };
  const subject = users[kind] ?? String(name);
  const verb = random.pick(rule.verbs).replace("*", "impersonate");
  if (rule.nonResourceURLs !== undefined)
    return { subject, verb, url: random.pick(rule.nonResourceURLs).replaceAll("*", "") };
  return {
    subject,
    verb,
    namespace: metadata.namespace ?? random.pick(["", ...namespaces]),
    group: random.pick(rule.apiGroups ?? groups).replace(/^\*$/, "apps"),
    ...resource(random, random.pick(rule.resources ?? [])),
    name: random.pick(rule.resourceNames?.length ? rule.resourceNames : names),
  };
}

/** The rules of the role that a binding names; for an aggregated one, those of every ClusterRole that may feed it. */
function rulesBoundBy({ metadata, roleRef }: GeneratedBinding, set: readonly Manifest[]): GeneratedRule[] {
  return set
    .filter((role) => role.kind === roleRef.kind && role.metadata.name === roleRef.name)
    .filter((role) => role.kind === "ClusterRole" || role.metadata.namespace === metadata.namespace)
    .flatMap((role) => ("aggregationRule" in role ? set.filter(({ kind }) => kind === "ClusterRole") : [role]))
    .flatMap((role) => (Array.isArray(role["rules"]) ? (role["rules"] as GeneratedRule[]) : []))
    .filter((rule) => [rule.verbs, rule.resources ?? rule.nonResourceURLs].every((list) => Array.isArray(list)));
}

function resource(random: Random, pattern: string): { resource: string; subresource: string } {
  const [resource = "", subresource = ""] = pattern.split("/");
  return {
    resource: resource === "*" ? random.pick(["pods", "secrets", "deployments", "clusters"]) : resource,
    subresource,
  };
}

function accountNames(): string[] {
  return namespaces.flatMap((namespace) => accounts.map((name) => `system:serviceaccount:${namespace}:${name}`));
}
