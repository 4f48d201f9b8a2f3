import type { Client } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { clientPolicyName, lifelinesName, type ClusterName } from "./names.ts";
import { clientPolicy, lifelines, type LifelineArgs, type PolicySpec } from "./networkPolicies.ts";

/** A NetworkPolicy of the database's namespace. */
export interface NamedPolicy {
  /** What it is for: `lifelines`, or the name of a client. */
  subject: string;
  name: string;
  spec: PolicySpec;
}

/** Every NetworkPolicy of a database. */
export function networkPolicies(cluster: ClusterName, clients: readonly Client[], args: LifelineArgs): NamedPolicy[] {
  return [
    { subject: "lifelines", name: lifelinesName(cluster), spec: lifelines(cluster, args) },
    ...clients.map((client) => ({
      subject: `${client.name}-network-policy`,
      name: clientPolicyName(cluster, client),
      spec: clientPolicy(cluster, client),
    })),
  ];
}

/** The policy as the API server gets it. */
export function policyObject({ namespace }: ClusterName, { name, spec }: NamedPolicy): KubeObject {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace, name }, spec };
}
