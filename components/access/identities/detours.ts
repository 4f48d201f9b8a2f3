import { accountsOf, type Guarded } from "./guarded.ts";
import { cel, must, writesOf, type AdmissionPolicy } from "./policy.ts";
import { IS_CONTROLLER, mayNotUse, mayUse } from "./use.ts";

/** The ways to an identity that do not lead through a pod or a template. */
export function detourPolicies(guarded: Guarded): AdmissionPolicy[] {
  return [revisions(guarded), bindings(guarded), tokens(guarded), tokenSecrets(guarded)];
}

/**
 * Controllers of StatefulSets and DaemonSets make pods of the revisions that they keep, so whoever writes one writes a
 * template. It is stored as it came, so the ServiceAccount may have either name that Kubernetes has for it.
 */
function revisions(guarded: Guarded): AdmissionPolicy {
  const named = (field: string) => `object.?data.?spec.?template.?spec.?${field}.orValue("")`;
  return {
    subject: "revisions",
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [writesOf("apps", ["controllerrevisions"])] },
      variables: [
        { name: "name", expression: named("serviceAccountName") },
        { name: "account", expression: `variables.name != "" ? variables.name : ${named("serviceAccount")}` },
      ],
      validations: [
        must(
          `${mayUse("variables.account", accountsOf(guarded))} || ${IS_CONTROLLER}`,
          mayNotUse("variables.account", "run pods as"),
          true,
        ),
      ],
    },
  };
}

/** What binds a pod to a node may give it labels. */
function bindings({ clients }: Guarded): AdmissionPolicy {
  const keys = [...new Set(Object.values(clients).flatMap((labels) => Object.keys(labels)))];
  return {
    subject: "bindings",
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [writesOf("", ["pods/binding", "bindings"], ["CREATE"])] },
      validations: [
        must(
          `!object.metadata.?labels.orValue({}).exists(key, key in ${cel(keys)} || key.startsWith("cnpg.io/"))`,
          "a binding gives a pod none of the labels by which clients and the database's pods are known",
        ),
      ],
    },
  };
}

/** The node's kubelet asks for the tokens of its pods; the API server sees to it that it asks for no others. */
function tokens(guarded: Guarded): AdmissionPolicy {
  return {
    subject: "tokens",
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [writesOf("", ["serviceaccounts/token"], ["CREATE"])] },
      validations: [
        must(
          `${mayUse("request.name", accountsOf(guarded))} || "system:nodes" in request.userInfo.?groups.orValue([])`,
          mayNotUse("request.name", "ask for a token of"),
          true,
        ),
      ],
    },
  };
}

/** Kubernetes writes a token that never expires into a Secret of this type. */
function tokenSecrets(guarded: Guarded): AdmissionPolicy {
  const account = 'metadata.?annotations[?"kubernetes.io/service-account.name"]';
  return {
    subject: "token-secrets",
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [writesOf("", ["secrets"])] },
      matchConditions: [
        { name: "token", expression: 'object.type == "kubernetes.io/service-account-token"' },
        // The controller that writes the token changes the Secret too.
        { name: "of-another", expression: `oldObject == null || object.${account} != oldObject.${account}` },
      ],
      variables: [{ name: "account", expression: `object.${account}.orValue("")` }],
      validations: [
        must(
          mayUse("variables.account", accountsOf(guarded)),
          mayNotUse("variables.account", "ask for a token of"),
          true,
        ),
      ],
    },
  };
}
