import type { KubeObject } from "../objects.ts";
import type { Authorizer } from "./authorizer.ts";
import { identityOf, keysOf } from "./identity.ts";
import { serviceAccountUser } from "./model.ts";

/** ServiceAccount `default` of any namespace, and users and groups of Kubernetes' own. */
const everywhere = /^system:serviceaccount:[^:]+:default$|^(?:group:)?system:(?!serviceaccount:)/;

/**
 * Those subjects whom no binding names and who are no ServiceAccount of the input: an answer about them may be one about a
 * misspelt name. The names that Kubernetes gives by itself are known.
 */
export function unnamed(
  objects: readonly KubeObject[],
  rbac: Authorizer,
  subjects: readonly string[],
): readonly string[] {
  const accounts = objects.filter(({ kind }) => kind === "ServiceAccount");
  const known = new Set(accounts.map(({ namespace, name }) => serviceAccountUser(namespace, name)));
  const holders = new Set(rbac.holders);
  return [...new Set(subjects)].filter((subject) => {
    const [own = ""] = keysOf(identityOf(subject));
    return !known.has(subject) && !holders.has(own) && !everywhere.test(subject);
  });
}
