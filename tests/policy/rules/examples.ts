import type { JsonObject } from "../../../policy/analysis/json.ts";
import type { Resource } from "../../../policy/analysis/resources.ts";
import { manifests, resource } from "./lab.ts";

/** Manifests, or resources of other providers by their type tokens. */
type Example = string | readonly (readonly [type: string, properties: JsonObject])[];

/** The least that is wrong by each rule. */
const examples: Readonly<Record<string, Example>> = {
  "pg-hba-closed-last": `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: example }
spec:
  instances: 3
  storage: { size: 1Gi }
  podSelectorRefs: [{ name: app, selector: { matchLabels: { app: myapp } } }]
  postgresql:
    pg_hba: ["hostssl app app_user \${podselector:app} scram-sha-256"]
`,

  "lifelines-open": `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: example }
spec:
  instances: 3
  storage: { size: 1Gi }
  postgresql: { pg_hba: [host all all all reject] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny-all, namespace: example }
spec: { podSelector: {}, policyTypes: [Ingress] }
`,

  "firewall-not-world-open": [
    [
      "hcloud:index/firewall:Firewall",
      { name: "outer", rules: [{ direction: "in", protocol: "tcp", port: "22", sourceIps: ["0.0.0.0/0"] }] },
    ],
  ],
};

/** What a rule must find something wrong with. */
export function badExample(rule: string): readonly Resource[] {
  const example = examples[rule];
  if (example === undefined) throw new Error(`rule ${rule} has no example in ${import.meta.filename}`);
  if (typeof example === "string") return manifests(example);
  return example.map(([type, properties], index) => {
    const name = `example-${String(index)}`;
    return resource(type, properties, { name, urn: `urn:pulumi:dev::p::${type}::${name}` });
  });
}

/** The rules that have an example. */
export const rulesWithExample: readonly string[] = Object.keys(examples);
