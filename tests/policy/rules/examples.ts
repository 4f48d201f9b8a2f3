import type { JsonObject } from "../../../policy/analysis/json.ts";
import type { Resource } from "../../../policy/analysis/resources.ts";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { installsAgent, serverToken } from "./cluster/nodes.ts";
import { manifests, resource } from "./lab.ts";
import { ofPg, policy } from "./network/policy.ts";
import { clusterRole, role, roleBinding, secretRule, secretRuleAnd } from "./rbac/manifests.ts";
import { beside, weakened, without } from "./sound.ts";

/** Manifests, or resources of other providers by their type tokens. */
type Example = string | readonly (readonly [type: string, properties: JsonObject])[];

const namespace = "example";

/** An object as manifests write it, its parts in flow style. */
function object(apiVersion: string, kind: string, spec: string, metadata = "", name = "example"): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}, ${metadata} }
spec: { ${spec} }
`;
}

function cluster(spec: string, metadata?: string): string {
  return object("postgresql.cnpg.io/v1", "Cluster", `storage: { size: 1Gi }, ${spec}`, metadata);
}

/** A Cluster with a line of pg_hba before the one that turns everybody else away. */
function line(text: string): string {
  const refs = "podSelectorRefs: [{ name: app, selector: { matchLabels: { app: myapp } } }]";
  return cluster(`instances: 3, ${refs}, postgresql: { pg_hba: ${JSON.stringify([text, "host all all all reject"])} }`);
}

function pooler(text: string): string {
  const pgbouncer = `{ poolMode: session, pg_hba: ${JSON.stringify([text])} }`;
  return object(
    "postgresql.cnpg.io/v1",
    "Pooler",
    `cluster: { name: pg }, instances: 1, type: rw, pgbouncer: ${pgbouncer}`,
  );
}

function parameter(text: string): string {
  return cluster(`instances: 3, postgresql: { parameters: { ${text} } }`);
}

/** A policy beside the sound stack. */
function more(spec: string): string {
  return beside(policy("more", spec));
}

function server(userData: string): Example {
  return [["hcloud:index/server:Server", { name: "worker", serverType: "cx23", image: "debian-13", userData }]];
}

const release = (values: JsonObject, version = "0.29.0"): Example => [
  ["kubernetes:helm.sh/v3:Release", { chart: "cloudnative-pg", version, namespace: "cnpg-system", values }],
];

/** The least that is wrong by each rule. */
const examples: Readonly<Record<string, Example>> = {
  "pg-hba-closed-last": cluster(
    "instances: 3, postgresql: { pg_hba: [hostssl app app_user 10.0.0.5/32 scram-sha-256] }",
  ),
  "pg-hba-tls-only": line("host app app_user ${podselector:app} scram-sha-256"),
  "pg-hba-strong-authentication": line("hostssl app app_user ${podselector:app} md5"),
  "pg-hba-named-only": line("hostssl all all ${podselector:app} scram-sha-256"),
  "pg-hba-valid": line("hostssl app app_user podSelectorRefs(app) scram-sha-256"),
  "pod-selectors-sound": line("hostssl app app_user ${podselector:apps} scram-sha-256"),
  "pooler-tls-only": pooler("host app app_user 10.0.0.5/32 scram-sha-256"),
  "pooler-strong-authentication": pooler("hostssl app app_user 10.0.0.5/32 password"),
  "superuser-access-off": cluster("instances: 3, enableSuperuserAccess: true"),
  "alter-system-off": cluster("instances: 3, postgresql: { enableAlterSystem: true }"),
  "tls-not-weakened": parameter("ssl_min_protocol_version: TLSv1.1"),
  "password-encryption-scram": parameter("password_encryption: md5"),
  "roles-without-global-powers": cluster("instances: 3, managed: { roles: [{ name: app_user, superuser: true }] }"),
  "image-pinned": cluster("instances: 3, imageName: 'ghcr.io/cloudnative-pg/postgresql:latest'"),
  "enough-instances": cluster("instances: 1"),
  "replication-synchronous": cluster("instances: 3"),
  "instances-spread": cluster("instances: 3, affinity: { enablePodAntiAffinity: false }"),
  "wal-volume": cluster("instances: 3"),
  "database-protected": [
    [
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: { name: "example", namespace },
        spec: { instances: 3, storage: { size: "1Gi" } },
      },
    ],
  ],
  "no-forbidden-annotations": cluster("instances: 3", "annotations: { cnpg.io/validation: disabled }"),
  "backup-not-in-tree": cluster("instances: 3, backup: { barmanObjectStore: { destinationPath: 's3://backups' } }"),

  "lifelines-open": without("NetworkPolicy", "pg-lifelines"),
  "no-client-locked-out": without("NetworkPolicy", "allow-app-to-pg"),
  "only-declared-sources": more(
    `{ ${ofPg}, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8000 }] }] }`,
  ),
  "layers-agree": more(`{ ${ofPg}, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }] }`),
  "database-pods-isolated": cluster("instances: 3"),
  "no-policy-opens-to-everyone": policy("example", `{ ${ofPg}, ingress: [{}] }`, namespace),
  "no-policy-selects-nothing": more("{ podSelector: { matchLabels: { cnpg.io/cluster: pgg } }, ingress: [{}] }"),
  "no-undeclared-named-ports": more(
    `{ ${ofPg}, ingress: [{ from: [{ podSelector: { matchLabels: { app: myapp } } }], ports: [{ port: postgres }] }] }`,
  ),
  "one-direction-per-policy": policy("example", `{ ${ofPg}, policyTypes: [Ingress, Egress], egress: [{}] }`, namespace),
  "no-metadata-egress": policy("example", `{ ${ofPg}, policyTypes: [Egress], egress: [{}] }`, namespace),

  "clients-without-cnpg-power": weakened(
    secretRule,
    secretRuleAnd("{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [get] }"),
  ),
  "client-secrets-by-name": weakened(
    secretRule,
    secretRuleAnd('{ apiGroups: [""], resources: [secrets], verbs: [list] }'),
  ),
  "clients-cannot-bypass": weakened(
    secretRule,
    secretRuleAnd('{ apiGroups: [""], resources: [pods/exec], verbs: [create] }'),
  ),
  "no-default-subjects": roleBinding("ClusterRole view", "{ kind: ServiceAccount, name: default }").replaceAll(
    "production",
    namespace,
  ),
  "aggregated-operator-roles-off": clusterRole(
    "example",
    "[{ apiGroups: [postgresql.cnpg.io], resources: [clusters], verbs: [get] }]",
    '{ rbac.authorization.k8s.io/aggregate-to-view: "true" }',
  ),
  "rbac-known-at-preview": weakened("resourceNames: [pg-app-credentials]", `resourceNames: [${unknownValue}]`),
  "no-wildcard-roles": beside(role("example", "[{ apiGroups: [apps], resources: ['*'], verbs: [get] }]")),

  "cnpg-version": release({}, "0.20.0"),
  "cnpg-status-port": release({ image: { tag: "1.29.2" } }),
  "webhook-fails-closed": `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: example }
webhooks:
  - name: vcluster.cnpg.io
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: { service: { name: example, namespace: ${namespace}, path: /validate-postgresql-cnpg-io-v1-cluster } }
    failurePolicy: Ignore
    rules: []
`,
  "operator-chart-values": release({ hostNetwork: true }),
  "pod-security-labels": beside("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes, namespace: production }"),
  "no-host-network": beside(
    "apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: production }\nspec: { hostNetwork: true, containers: [] }",
  ),
  "release-opaque": release({}),

  "network-policy-enforced": server("#!/bin/sh\nk3s server --disable-network-policy\n"),
  "firewall-not-world-open": [
    [
      "hcloud:index/firewall:Firewall",
      { name: "outer", rules: [{ direction: "in", protocol: "tcp", port: "22", sourceIps: ["0.0.0.0/0"] }] },
    ],
  ],
  "servers-behind-firewall": server(""),
  "load-balancers-private": [
    ["hcloud:index/loadBalancer:LoadBalancer", { loadBalancerType: "lb11", id: "7" }],
    [
      "hcloud:index/loadBalancerService:LoadBalancerService",
      { loadBalancerId: "7", protocol: "tcp", listenPort: 6443 },
    ],
  ],
  "database-services-private": object(
    "v1",
    "Service",
    "type: LoadBalancer, selector: { cnpg.io/cluster: pg }, ports: [{ port: 5432 }]",
  ),
  "no-secrets-in-worker-user-data": server(installsAgent(serverToken)),
  "no-deprecated-datacenter": [["hcloud:index/server:Server", { serverType: "cx23", datacenter: "fsn1-dc14" }]],
  "delete-protection": [["hcloud:index/volume:Volume", { size: 50 }]],
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
