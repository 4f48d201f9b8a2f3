/** A database as it should be: its operator, a client, and the guards at both layers. */
export const sound = `
apiVersion: v1
kind: Namespace
metadata: { name: cnpg-system }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cnpg-controller-manager, namespace: cnpg-system }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } }
  template:
    metadata: { labels: { app.kubernetes.io/name: cloudnative-pg } }
    spec:
      serviceAccountName: cnpg-manager
      containers: [{ name: manager }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cnpg-manager }
rules:
  - { apiGroups: [""], resources: [secrets, pods, services], verbs: [create, delete, get, list, patch, update, watch] }
  - { apiGroups: [postgresql.cnpg.io], resources: [clusters, clusters/status], verbs: [get, list, patch, update, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: cnpg-manager-rolebinding }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cnpg-manager }
subjects: [{ kind: ServiceAccount, name: cnpg-manager, namespace: cnpg-system }]
---
apiVersion: v1
kind: Namespace
metadata: { name: production }
---
apiVersion: v1
kind: Secret
metadata: { name: pg-app-credentials, namespace: production }
type: kubernetes.io/basic-auth
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.4
  storage: { size: 10Gi }
  bootstrap: { initdb: { database: app, owner: app_user, secret: { name: pg-app-credentials } } }
  podSelectorRefs:
    - { name: app, selector: { matchLabels: { app: myapp } } }
  postgresql:
    pg_hba:
      - hostssl app app_user \${podselector:app} scram-sha-256
      - host all all all reject
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: pg-lifelines, namespace: production }
spec:
  podSelector: { matchLabels: { cnpg.io/cluster: pg } }
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: { matchLabels: { cnpg.io/cluster: pg } }
      ports: [{ protocol: TCP, port: 5432 }]
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } }
          podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } }
        - podSelector: { matchLabels: { cnpg.io/cluster: pg, cnpg.io/podRole: instance } }
        - ipBlock: { cidr: 10.255.0.101/32 }
      ports: [{ protocol: TCP, port: 8000 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: allow-app-to-pg, namespace: production }
spec:
  podSelector: { matchLabels: { cnpg.io/cluster: pg, cnpg.io/podRole: instance } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: myapp } } }]
      ports: [{ protocol: TCP, port: 5432 }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: myapp, namespace: production }
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: read-pg-app-secret, namespace: production }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [pg-app-credentials], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: read-pg-app-secret, namespace: production }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: read-pg-app-secret }
subjects: [{ kind: ServiceAccount, name: myapp, namespace: production }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: myapp, namespace: production }
spec:
  selector: { matchLabels: { app: myapp } }
  template:
    metadata: { labels: { app: myapp } }
    spec:
      serviceAccountName: myapp
      containers: [{ name: main }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: production }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main }] }
`;

/** The sound stack with one thing written otherwise; `from` must stand there exactly once. */
export function weakened(from: string, to: string): string {
  const [before, after, ...more] = sound.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the sound stack must have this exactly once: ${from}`);
  }
  return before + to + after;
}

/** The sound stack without the object of this kind and name. */
export function without(kind: string, name: string): string {
  const documents = sound.split("\n---\n");
  const left = documents.filter((text) => !text.includes(`kind: ${kind}\nmetadata: { name: ${name}`));
  if (left.length !== documents.length - 1) throw new Error(`the sound stack must have one ${kind} ${name}`);
  return left.join("\n---\n");
}

/** The sound stack with more beside it. */
export function beside(more: string): string {
  return `${sound}---\n${more.trim()}\n`;
}
