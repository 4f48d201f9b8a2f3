import { firewallNotWorldOpen } from "./cluster/firewall-not-world-open.ts";
import { pgHbaClosedLast } from "./database/pg-hba-closed-last.ts";
import { lifelinesOpen } from "./network/lifelines-open.ts";
import { cnpgStatusPort } from "./operator/cnpg-status-port.ts";
import { cnpgVersion } from "./operator/cnpg-version.ts";
import { noHostNetwork } from "./operator/no-host-network.ts";
import { operatorChartValues } from "./operator/operator-chart-values.ts";
import { podSecurityLabels } from "./operator/pod-security-labels.ts";
import { releaseOpaque } from "./operator/release-opaque.ts";
import { webhookFailsClosed } from "./operator/webhook-fails-closed.ts";
import type { Rule } from "./rule.ts";

const database: readonly Rule[] = [pgHbaClosedLast];

const network: readonly Rule[] = [lifelinesOpen];

const operator: readonly Rule[] = [
  cnpgVersion,
  cnpgStatusPort,
  webhookFailsClosed,
  operatorChartValues,
  podSecurityLabels,
  noHostNetwork,
  releaseOpaque,
];

const cluster: readonly Rule[] = [firewallNotWorldOpen];

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [...database, ...network, ...operator, ...cluster];
