import { databaseServicesPrivate } from "./cluster/database-services-private.ts";
import { deleteProtection } from "./cluster/delete-protection.ts";
import { firewallNotWorldOpen } from "./cluster/firewall-not-world-open.ts";
import { loadBalancersPrivate } from "./cluster/load-balancers-private.ts";
import { networkPolicyEnforced } from "./cluster/network-policy-enforced.ts";
import { noDeprecatedDatacenter } from "./cluster/no-deprecated-datacenter.ts";
import { noSecretsInWorkerUserData } from "./cluster/no-secrets-in-worker-user-data.ts";
import { serversBehindFirewall } from "./cluster/servers-behind-firewall.ts";
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

const cluster: readonly Rule[] = [
  networkPolicyEnforced,
  firewallNotWorldOpen,
  serversBehindFirewall,
  loadBalancersPrivate,
  databaseServicesPrivate,
  noSecretsInWorkerUserData,
  noDeprecatedDatacenter,
  deleteProtection,
];

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [...database, ...network, ...operator, ...cluster];
