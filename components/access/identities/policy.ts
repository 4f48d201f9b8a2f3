import type { types } from "@pulumi/kubernetes";
import type { Config } from "../../../config/schema.ts";
import type { ClusterName } from "../names.ts";

export type Rule = types.input.admissionregistration.v1.NamedRuleWithOperations;
export type Validation = types.input.admissionregistration.v1.Validation;

export interface PolicySpec extends types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec {
  validations: Validation[];
}

/** A ValidatingAdmissionPolicy of one namespace. */
export interface AdmissionPolicy {
  /** What it is about: the first part of its name. */
  subject: string;
  spec: PolicySpec;
}

/**
 * `pods.pg.production`, or `pods.pg.production.web` in a namespace of clients: policies are cluster-wide objects, so their
 * names say where they hold.
 */
export function admissionPolicyName(subject: string, { name, namespace }: ClusterName, where = namespace): string {
  return [subject, name, namespace, ...(where === namespace ? [] : [where])].join(".");
}

/** Binds a policy to the one namespace that it is about; to observe is to let everything pass, and to say so. */
export function bindingSpec(
  policyName: string,
  namespace: string,
  mode: Config["mode"],
): types.input.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec {
  return {
    policyName,
    validationActions: mode === "enforce" ? ["Deny"] : ["Warn", "Audit"],
    matchResources: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } },
  };
}

/** Whatever is created or changed, subresources named one by one. */
export function writesOf(apiGroup: string, resources: string[], operations = ["CREATE", "UPDATE"]): Rule {
  return { apiGroups: [apiGroup], apiVersions: ["v1"], resources, operations, scope: "Namespaced" };
}

/** Refuses what makes `expression` false; `why` is the text, or with `compute` the expression that makes it. */
export function must(expression: string, why: string, compute = false): Validation {
  return { expression, reason: "Forbidden", ...(compute ? { messageExpression: why } : { message: why }) };
}

/** A value as CEL writes it: for text, lists and mappings of text that is what JSON writes. */
export function cel(value: unknown): string {
  return JSON.stringify(value);
}
