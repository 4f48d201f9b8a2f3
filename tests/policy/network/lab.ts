import { parseManifests } from "../../../policy/analysis/load/index.ts";
import type { Port, Protocol } from "../../../policy/analysis/network/model.ts";
import { reach, type EngineName } from "../../../policy/analysis/network/reach.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import type { Problem } from "../../../policy/analysis/objects.ts";

/** Pods of two namespaces: a database and its status port, clients, a stranger, and a pod elsewhere. */
export const pods = `
apiVersion: v1
kind: Namespace
metadata: { name: production, labels: { team: data } }
---
apiVersion: v1
kind: Namespace
metadata: { name: elsewhere }
---
apiVersion: v1
kind: Pod
metadata: { name: pg, namespace: production, labels: { cnpg.io/cluster: pg } }
spec:
  containers:
    - name: postgres
      ports: [{ name: postgresql, containerPort: 5432 }, { name: status, containerPort: 8000 }]
status: { podIP: 10.244.0.10 }
---
apiVersion: v1
kind: Pod
metadata: { name: myapp, namespace: production, labels: { app: myapp, tier: web } }
spec: { containers: [{ name: main }] }
status: { podIP: 10.244.0.11 }
---
apiVersion: v1
kind: Pod
metadata: { name: stranger, namespace: production }
spec: { containers: [{ name: main }] }
status: { podIP: 10.244.0.12 }
---
apiVersion: v1
kind: Pod
metadata: { name: remote, namespace: elsewhere, labels: { app: myapp } }
spec: { containers: [{ name: main }] }
status: { podIP: 10.244.0.13 }
`;

/** A policy in namespace production on the database's pods; `rest` is the body of its spec in flow style. */
export function policy(rest: string, name = "policy", namespace = "production"): string {
  return `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: { podSelector: { matchLabels: { cnpg.io/cluster: pg } }, ${rest} }
`;
}

/** A policy with a pod selector of its own. */
export function policyOn(selector: string, rest: string, name = "policy", namespace = "production"): string {
  return policy(rest, name, namespace).replace("{ matchLabels: { cnpg.io/cluster: pg } }", selector);
}

export interface Asked {
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly engine?: EngineName;
}

/** The whole answer for one pair of pods. */
export function answer(manifests: string, asked: Asked = {}) {
  const { from = "production/myapp", to = "production/pg", port = 5432, protocol = "TCP", engine = "standard" } = asked;
  const problems: Problem[] = [];
  const world = readWorld(parseManifests(pods + manifests, "lab.yaml").objects, problems);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  const ports: Port[] = [{ number: port, protocol }];
  const found = reach(world, ports, engine).find((row) => row.from === from && row.to === to);
  if (found === undefined) throw new Error(`no such pair: ${from} to ${to}`);
  return found;
}

/** Which of the four sources reach a port of the database, in the order myapp, stranger, remote. */
export function reaching(manifests: string, asked: Omit<Asked, "from" | "to"> = {}): string[] {
  return ["production/myapp", "production/stranger", "elsewhere/remote"]
    .filter((from) => answer(manifests, { ...asked, from }).allowed === true)
    .map((from) => from.replace(/.*\//, ""));
}

/** The problems found in one policy. */
export function problemsOf(manifests: string): Problem[] {
  const problems: Problem[] = [];
  readWorld(parseManifests(manifests, "lab.yaml").objects, problems);
  return problems;
}
