/** The manifests of one database with many clients: for each a line, a selector, three policies and three pods. */
export function manifests(clients: number): string {
  const each = <T>(make: (index: number) => T) => Array.from({ length: clients }, (_, index) => make(index));
  const cluster = [
    "apiVersion: postgresql.cnpg.io/v1",
    "kind: Cluster",
    "metadata: { name: pg, namespace: production }",
    "spec:",
    "  instances: 3",
    "  podSelectorRefs:",
    ...each((i) => `    - { name: c${String(i)}, selector: { matchLabels: { app: c${String(i)} } } }`),
    "  postgresql:",
    "    pg_hba:",
    ...each((i) => `      - hostssl db${String(i)} role${String(i)} \${podselector:c${String(i)}} scram-sha-256`),
    "      - host all all all reject",
  ];
  return [lifelines, cluster.join("\n"), ...each(client)].join("\n---\n");
}

/** The manifests of one database with many lines, each for a database and a role of its own, from anywhere. */
export function namedLines(lines: number): string {
  return databaseWith(lines, (index) => `hostssl db${String(index)} role${String(index)} all scram-sha-256`);
}

/** The same with a range of addresses in each line. */
export function rangeLines(lines: number): string {
  return databaseWith(
    lines,
    (index) => `hostssl db${String(index)} role${String(index)} ${rangeAt(index)} scram-sha-256`,
  );
}

/** The manifests of one database with a policy for each range, and as many pods that have nothing to do with it. */
export function rangePolicies(ranges: number): string {
  const policies = Array.from({ length: ranges }, (_, index) => {
    const admitted = `ingress: [{ from: [{ ipBlock: { cidr: ${rangeAt(index)} } }], ports: [{ port: 5432 }] }]`;
    const bystander = `bystander-${String(index)}`;
    return [
      policy(`allow-range-${String(index)}`, "cnpg.io/cluster: pg", "Ingress", admitted),
      pod(bystander, `app: ${bystander}`),
    ];
  });
  return [databaseWith(1, () => "hostssl app app all scram-sha-256"), ...policies.flat()].join("\n---\n");
}

function rangeAt(index: number): string {
  return `10.${String(index >> 8)}.${String(index & 255)}.0/24`;
}

function databaseWith(lines: number, line: (index: number) => string): string {
  const cluster = [
    "apiVersion: postgresql.cnpg.io/v1",
    "kind: Cluster",
    "metadata: { name: pg, namespace: production }",
    "spec:",
    "  postgresql:",
    "    pg_hba:",
    ...Array.from({ length: lines }, (_, index) => `      - ${line(index)}`),
    "      - host all all all reject",
  ];
  return [lifelines, cluster.join("\n")].join("\n---\n");
}

const lifelines = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: pg-lifelines, namespace: production }
spec:
  podSelector: { matchLabels: { cnpg.io/cluster: pg } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }]
      ports: [{ port: 5432 }, { port: 8000 }]
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } }
          podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } }
      ports: [{ port: 8000 }]`;

function client(index: number): string {
  const app = `c${String(index)}`;
  return [
    policy(
      `allow-${app}-to-pg`,
      "cnpg.io/cluster: pg",
      "Ingress",
      `ingress: [{ from: [${peer(`app: ${app}`)}], ports: [{ protocol: TCP, port: 5432 }] }]`,
    ),
    policy(
      `${app}-egress`,
      `app: ${app}`,
      "Egress",
      `egress: [{ to: [${peer("cnpg.io/cluster: pg")}], ports: [{ protocol: TCP, port: 5432 }] }]`,
    ),
    policy(`${app}-ingress`, `app: ${app}`, "Ingress", "ingress: []"),
    pod(`${app}-1`, `app: ${app}`),
    pod(`${app}-2`, `app: ${app}`),
    pod(`bystander-${String(index)}`, `app: bystander-${String(index)}`),
  ].join("\n---\n");
}

function peer(labels: string): string {
  return `{ podSelector: { matchLabels: { ${labels} } } }`;
}

function policy(name: string, labels: string, type: string, rules: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: production
spec:
  podSelector:
    matchLabels: { ${labels} }
  policyTypes: [${type}]
  ${rules}`;
}

function pod(name: string, labels: string): string {
  return `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: production
  labels: { ${labels} }
spec:
  containers:
    - name: main
      image: registry.example/main:1
      ports: [{ name: http, containerPort: 8080 }]`;
}
