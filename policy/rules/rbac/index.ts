import type { Rule } from "../rule.ts";
import { aggregatedOperatorRolesOff } from "./aggregated-operator-roles-off.ts";
import { clientSecretsByName } from "./client-secrets-by-name.ts";
import { clientsCannotBypass } from "./clients-cannot-bypass.ts";
import { clientsWithoutCnpgPower } from "./clients-without-cnpg-power.ts";
import { noDefaultSubjects } from "./no-default-subjects.ts";
import { noWildcardRoles } from "./no-wildcard-roles.ts";
import { rbacKnownAtPreview } from "./rbac-known-at-preview.ts";

export const rbacRules: readonly Rule[] = [
  clientsWithoutCnpgPower,
  clientSecretsByName,
  clientsCannotBypass,
  noDefaultSubjects,
  aggregatedOperatorRolesOff,
  noWildcardRoles,
  rbacKnownAtPreview,
];
