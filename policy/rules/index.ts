import { firewallNotWorldOpen } from "./cluster/firewall-not-world-open.ts";
import { pgHbaClosedLast } from "./database/pg-hba-closed-last.ts";
import { lifelinesOpen } from "./network/lifelines-open.ts";
import type { Rule } from "./rule.ts";

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [pgHbaClosedLast, lifelinesOpen, firewallNotWorldOpen];
