import { identityOf, type Grant } from "../../analysis/rbac/index.ts";
import type { StackRule } from "../rule.ts";
import { clientSecrets } from "./client-secrets.ts";
import { clientsOf, clientsParameter } from "./clients.ts";
import { findingsByPath, grantsSecret, placeOf, rbacOf } from "./grants.ts";

const verbsBesideGet = ["list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** `list` and `watch` show the content of all Secrets, the key of the database's certificate authority among them. */
export const clientSecretsByName: StackRule = {
  scope: "stack",
  name: "client-secrets-by-name",
  level: "mandatory",
  severity: "critical",
  description: "A client of a database must have nothing but get on Secrets there, restricted to names.",
  fix: 'write { apiGroups: [""], resources: [secrets], resourceNames: [NAME], verbs: [get] }',
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
  parameters: { clients: clientsParameter },
  judge(stack, parameters) {
    const namespaces = clientSecrets(stack);
    return clientsOf(stack, parameters).flatMap(({ user, title }) => {
      const excess = rbacOf(stack)
        .grantsTo(identityOf(user))
        .filter(({ namespace }) => namespace === "" || namespaces.has(namespace))
        .map((grant) => ({ ...grant, verbs: excessVerbs(grant) }))
        .filter(({ verbs }) => verbs.length > 0);
      return findingsByPath(stack, excess, (grants, way) => {
        const verbs = [...new Set(grants.flatMap((grant) => grant.verbs))].join(", ");
        const places = [...new Set(grants.map(placeOf))].join(" and ");
        return `${title} may ${verbs} Secrets in ${places}${named(grants) ? "" : " of any name"}, by ${way}`;
      });
    });
  },
};

function excessVerbs({ rule, namespace }: Grant): string[] {
  const isNamed = rule.resourceNames.length > 0;
  return [...(isNamed ? [] : ["get"]), ...verbsBesideGet].filter((verb) => grantsSecret(rule, namespace, verb));
}

function named(grants: readonly Grant[]): boolean {
  return grants.every(({ rule }) => rule.resourceNames.length > 0);
}
