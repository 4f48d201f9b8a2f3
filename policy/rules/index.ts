import { clusterRules } from "./cluster/index.ts";
import { databaseRules } from "./database/index.ts";
import { networkRules } from "./network/index.ts";
import { operatorRules } from "./operator/index.ts";
import { rbacRules } from "./rbac/index.ts";
import type { Rule } from "./rule.ts";

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [
  ...databaseRules,
  ...networkRules,
  ...rbacRules,
  ...operatorRules,
  ...clusterRules,
];
