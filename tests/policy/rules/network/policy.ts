/** A NetworkPolicy; its spec in flow style. */
export function policy(name: string, spec: string, namespace = "production"): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** All pods of the Cluster pg. */
export const ofPg = "podSelector: { matchLabels: { cnpg.io/cluster: pg } }";
