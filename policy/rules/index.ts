import { firewallNotWorldOpen } from "./cluster/firewall-not-world-open.ts";
import { pgHbaClosedLast } from "./database/pg-hba-closed-last.ts";
import { databasePodsIsolated } from "./network/database-pods-isolated.ts";
import { layersAgree } from "./network/layers-agree.ts";
import { lifelinesOpen } from "./network/lifelines-open.ts";
import { noClientLockedOut } from "./network/no-client-locked-out.ts";
import { noMetadataEgress } from "./network/no-metadata-egress.ts";
import { noPolicyOpensToEveryone } from "./network/no-policy-opens-to-everyone.ts";
import { noPolicySelectsNothing } from "./network/no-policy-selects-nothing.ts";
import { noUndeclaredNamedPorts } from "./network/no-undeclared-named-ports.ts";
import { oneDirectionPerPolicy } from "./network/one-direction-per-policy.ts";
import { onlyDeclaredSources } from "./network/only-declared-sources.ts";
import { aggregatedOperatorRolesOff } from "./rbac/aggregated-operator-roles-off.ts";
import { clientSecretsByName } from "./rbac/client-secrets-by-name.ts";
import { clientsCannotBypass } from "./rbac/clients-cannot-bypass.ts";
import { clientsWithoutCnpgPower } from "./rbac/clients-without-cnpg-power.ts";
import { noDefaultSubjects } from "./rbac/no-default-subjects.ts";
import { noWildcardRoles } from "./rbac/no-wildcard-roles.ts";
import { rbacKnownAtPreview } from "./rbac/rbac-known-at-preview.ts";
import { releaseAggregatesNoRoles } from "./rbac/release-aggregates-no-roles.ts";
import type { Rule } from "./rule.ts";

const database: readonly Rule[] = [pgHbaClosedLast];

const network: readonly Rule[] = [
  lifelinesOpen,
  noClientLockedOut,
  onlyDeclaredSources,
  layersAgree,
  databasePodsIsolated,
  noPolicyOpensToEveryone,
  noPolicySelectsNothing,
  noUndeclaredNamedPorts,
  oneDirectionPerPolicy,
  noMetadataEgress,
];

const rbac: readonly Rule[] = [
  clientsWithoutCnpgPower,
  clientSecretsByName,
  clientsCannotBypass,
  noDefaultSubjects,
  aggregatedOperatorRolesOff,
  releaseAggregatesNoRoles,
  noWildcardRoles,
  rbacKnownAtPreview,
];

const cluster: readonly Rule[] = [firewallNotWorldOpen];

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [...database, ...network, ...rbac, ...cluster];
