import type { Rule } from "../rule.ts";
import { databasePodsIsolated } from "./database-pods-isolated.ts";
import { layersAgree } from "./layers-agree.ts";
import { lifelinesOpen } from "./lifelines-open.ts";
import { noClientLockedOut } from "./no-client-locked-out.ts";
import { noMetadataEgress } from "./no-metadata-egress.ts";
import { noPolicyOpensToEveryone } from "./no-policy-opens-to-everyone.ts";
import { noPolicySelectsNothing } from "./no-policy-selects-nothing.ts";
import { noUndeclaredNamedPorts } from "./no-undeclared-named-ports.ts";
import { oneDirectionPerPolicy } from "./one-direction-per-policy.ts";
import { onlyDeclaredSources } from "./only-declared-sources.ts";

export const networkRules: readonly Rule[] = [
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
