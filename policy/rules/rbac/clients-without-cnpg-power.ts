import { identityOf } from "../../analysis/rbac/index.ts";
import type { StackRule } from "../rule.ts";
import { clientsOf, clientsParameter } from "./clients.ts";
import { concernsOperator, findingsByPath, placeOf, rbacOf } from "./grants.ts";

/** What the operator is told it does as the superuser of the database. */
export const clientsWithoutCnpgPower: StackRule = {
  scope: "stack",
  name: "clients-without-cnpg-power",
  level: "mandatory",
  severity: "critical",
  description: "A client of a database must have no power over resources of CloudNativePG, their status included.",
  fix: "take the rule out of the Role, or the ServiceAccount out of the binding: a client needs its one Secret at most",
  url: "https://cloudnative-pg.io/documentation/current/security/#rbac-on-custom-resources",
  parameters: { clients: clientsParameter },
  judge(stack, parameters) {
    return clientsOf(stack, parameters).flatMap(({ user, title }) => {
      const held = rbacOf(stack)
        .grantsTo(identityOf(user))
        .filter(({ rule }) => concernsOperator(rule));
      return findingsByPath(stack, held, (grants, way) => {
        const powers = grants.map((grant) => {
          const { verbs, resources, apiGroups } = grant.rule;
          return `${verbs.join(", ")} ${resources.join(", ")} (${apiGroups.join(", ")}) in ${placeOf(grant)}`;
        });
        return `${title} may ${[...new Set(powers)].join(", and ")}, by ${way}`;
      });
    });
  },
};
