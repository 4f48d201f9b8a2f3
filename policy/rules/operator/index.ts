import type { Rule } from "../rule.ts";
import { cnpgStatusPort } from "./cnpg-status-port.ts";
import { cnpgVersion } from "./cnpg-version.ts";
import { noHostNetwork } from "./no-host-network.ts";
import { operatorChartValues } from "./operator-chart-values.ts";
import { podSecurityLabels } from "./pod-security-labels.ts";
import { releaseOpaque } from "./release-opaque.ts";
import { webhookFailsClosed } from "./webhook-fails-closed.ts";

export const operatorRules: readonly Rule[] = [
  cnpgVersion,
  cnpgStatusPort,
  webhookFailsClosed,
  operatorChartValues,
  podSecurityLabels,
  noHostNetwork,
  releaseOpaque,
];
