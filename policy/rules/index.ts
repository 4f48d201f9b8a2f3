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

const cluster: readonly Rule[] = [firewallNotWorldOpen];

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [...database, ...network, ...cluster];
