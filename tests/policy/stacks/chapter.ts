/** The manifests of a tutorial, as it prints them: a line of pg_hba that refers to nothing, and no way in for the operator. */
export const printed = {
  cluster: `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec:
  instances: 3
  storage: { size: 10Gi }
  postgresql:
    synchronous: { method: any, number: 1 }
    pg_hba:
      - hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256
`,
  networkPolicy: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-app-to-pg
  namespace: production
spec:
  podSelector:
    matchLabels: { cnpg.io/cluster: pg }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: myapp } } }]
      ports: [{ protocol: TCP, port: 5432 }]
    - from: [{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }]
      ports: [{ protocol: TCP, port: 5432 }]
`,
  rbac: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: read-pg-app-secret, namespace: production }
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [pg-app-credentials]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: read-pg-app-secret, namespace: production }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: read-pg-app-secret }
subjects: [{ kind: ServiceAccount, name: myapp, namespace: production }]
`,
} as const;

/** The same with what they lack. */
export const repaired = {
  ...printed,
  cluster: `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec:
  instances: 3
  storage: { size: 10Gi }
  podSelectorRefs:
    - { name: app, selector: { matchLabels: { app: myapp } } }
  postgresql:
    synchronous: { method: any, number: 1 }
    pg_hba:
      - hostssl app app_user \${podselector:app} scram-sha-256
      - host all all all reject
`,
  networkPolicy: `${printed.networkPolicy.trimEnd()}
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } }
          podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } }
        - podSelector: { matchLabels: { cnpg.io/cluster: pg, cnpg.io/podRole: instance } }
      ports: [{ protocol: TCP, port: 8000 }]
`,
} as const;
