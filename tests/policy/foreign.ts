/** Kinds that the judges know beside those of Kubernetes: a policy that they do not evaluate, and a pooler. */
export const foreign = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: all }
spec: { priority: 1, subject: { pods: { podSelector: {}, namespaceSelector: {} } } }
---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: { name: pooler, namespace: production }
spec: { cluster: { name: pg }, template: { metadata: { labels: { a: b } } } }
`;
