import { access, compareAccess, formatSource, type AccessRow } from "../../../policy/analysis/access/index.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import type { KubeObject, Problem } from "../../../policy/analysis/objects.ts";
import { stackOf, type Stack } from "../../../policy/rules/stack.ts";

/** A Cluster with these lines of pg_hba, and a reference to the pods of the app. */
export function cluster(lines: readonly string[], more = ""): string {
  return `
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.4
  podSelectorRefs:
    - { name: app, selector: { matchLabels: { app: myapp } } }
    ${more}
  postgresql:
    pg_hba: ${JSON.stringify(lines)}
`;
}

/** A policy on all pods of the cluster; `ingress` in flow style. */
export function policy(
  ingress: string,
  name = "policy",
  selector = "{ matchLabels: { cnpg.io/cluster: pg } }",
): string {
  return `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: production }
spec: { podSelector: ${selector}, policyTypes: [Ingress], ingress: ${ingress} }
`;
}

/** A Pooler before the cluster. */
export const pooler = `
---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: { name: pooler, namespace: production }
spec: { cluster: { name: pg }, type: rw, pgbouncer: { poolMode: session } }
`;

export const closed = ["hostssl app app_user ${podselector:app} scram-sha-256", "host all all all reject"];

const fromApp = "{ podSelector: { matchLabels: { app: myapp } } }";
const fromPeers = "{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }";
const fromOperator =
  "{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } }, " +
  "podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } } }";

export const toPostgres = (peers: string) => `{ from: [${peers}], ports: [{ port: 5432 }] }`;
export const toStatus = (peers: string) => `{ from: [${peers}], ports: [{ port: 8000 }] }`;

/** Everything the database needs, and the app. */
export const sound = policy(
  `[${toPostgres(fromApp)}, ${toPostgres(fromPeers)}, ${toStatus(fromPeers)}, ${toStatus(fromOperator)}]`,
);

export function objectsOf(manifests: string): readonly KubeObject[] {
  return parseManifests(manifests, "lab.yaml").objects;
}

/** The same as the rules have it. */
export function stackFrom(manifests: string): Stack {
  return stackOf(parseManifests(manifests, "lab.yaml").resources);
}

export function rowsOf(manifests: string, problems: Problem[] = []): readonly AccessRow[] {
  return access(objectsOf(manifests), "standard", problems).rows;
}

/** `source port: verdict` of every row, closed ones aside. */
export function verdicts(rows: readonly AccessRow[]): string[] {
  return rows.filter(({ verdict }) => verdict !== "closed").map(describe);
}

export function describe({ source, port, verdict, pooler }: AccessRow): string {
  return `${formatSource(source)} ${pooler === undefined ? "" : `at ${pooler} `}${String(port)}: ${verdict}`;
}

export function comparison(older: string, newer: string) {
  const { gained, lost, changed } = compareAccess(objectsOf(older), objectsOf(newer), "standard", []);
  return {
    gained: gained.map(describe),
    lost: lost.map(describe),
    changed: changed.map(({ before, after }) => `${describe(before)} -> ${after.verdict}`),
  };
}
