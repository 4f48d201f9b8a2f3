import type { Rule } from "../rule.ts";
import { databaseServicesPrivate } from "./database-services-private.ts";
import { deleteProtection } from "./delete-protection.ts";
import { firewallNotWorldOpen } from "./firewall-not-world-open.ts";
import { loadBalancersPrivate } from "./load-balancers-private.ts";
import { networkPolicyEnforced } from "./network-policy-enforced.ts";
import { noDeprecatedDatacenter } from "./no-deprecated-datacenter.ts";
import { noSecretsInWorkerUserData } from "./no-secrets-in-worker-user-data.ts";
import { serversBehindFirewall } from "./servers-behind-firewall.ts";

export const clusterRules: readonly Rule[] = [
  networkPolicyEnforced,
  firewallNotWorldOpen,
  serversBehindFirewall,
  loadBalancersPrivate,
  databaseServicesPrivate,
  noSecretsInWorkerUserData,
  noDeprecatedDatacenter,
  deleteProtection,
];
