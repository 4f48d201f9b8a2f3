import { guarded } from "../../components/access/identities/guarded.ts";
import { identityPolicies } from "../../components/access/identities/index.ts";
import { admissionPolicyName, bindingSpec, type PolicySpec } from "../../components/access/identities/policy.ts";
import { deployersGrant, operatorGrant, type Grant } from "../../components/access/rbac.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { developerRules, type Scene } from "../../local/proof/attempts.ts";
import { clientOf } from "../unit/access/clients.ts";

export const cluster = { name: "pg", namespace: "production" };
export const app = clientOf({
  name: "app",
  role: "app_user",
  database: "app",
  deployers: [{ kind: "User", name: "deployer" }],
  workloads: [
    { podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } },
    { podLabels: { app: "worker", tier: "back" }, serviceAccount: { name: "worker" } },
  ],
});
export const operator = "system:serviceaccount:cnpg-system:cnpg-manager";
const admission = "admissionregistration.k8s.io/v1";
export const sceneIn = (namespace: string): Scene => ({
  namespace,
  cluster: cluster.name,
  image: "none",
  identity: { labels: { app: "myapp" }, serviceAccount: "myapp", secret: "pg-app-credentials" },
  there: { pod: "idle", clientPod: "client", deployment: "client" },
});

/** The policies, and who is granted an exception. */
export async function install(client: KubeClient): Promise<void> {
  const grants = [
    operatorGrant(cluster, [app], { name: "cnpg-manager", namespace: "cnpg-system" }),
    deployersGrant(cluster, app),
  ];
  for (const grant of grants) for (const object of grantObjects(grant)) await client.create(object);
  for (const { subject, spec } of identityPolicies(guarded(cluster, [app])))
    await bind(client, admissionPolicyName(subject, cluster), spec, cluster.namespace);
}

/** A policy, and its binding to one namespace. */
export async function bind(client: KubeClient, name: string, spec: PolicySpec, namespace: string): Promise<void> {
  const metadata = { name };
  await client.create({ apiVersion: admission, kind: "ValidatingAdmissionPolicy", metadata, spec });
  const binding = bindingSpec(name, namespace, "enforce");
  await client.create({ apiVersion: admission, kind: "ValidatingAdmissionPolicyBinding", metadata, spec: binding });
}

/** What is there before: ServiceAccounts, a developer with every right on what runs, a plain pod, a client's workload. */
export async function furnish(client: KubeClient, namespace: string): Promise<void> {
  await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for (const name of ["default", "myapp", "worker", "pg"])
    await client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } });
  const everyone = ["developer", "deployer", operator, "system:serviceaccount:kube-system:replicaset-controller"];
  const subjects = everyone.map((name) => ({ kind: "User", name }));
  const grant: Grant = { name: "developer", rules: developerRules, subjects };
  for (const object of grantObjects(grant, namespace)) await client.create(object);
  await client.create(pod(namespace, "idle", {}, "default"));
  await client.create(pod(namespace, "client", { app: "myapp" }, "myapp"));
  const { metadata, spec } = pod(namespace, "client", { app: "myapp" }, "myapp");
  await client.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name: "client" },
    spec: { selector: { matchLabels: metadata.labels }, template: { metadata: { labels: metadata.labels }, spec } },
  });
}

export function pod(
  namespace: string,
  name: string,
  labels: Record<string, string>,
  serviceAccountName: string,
  more = {},
) {
  const containers = [{ name: "main", image: "none" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels },
    spec: { serviceAccountName, containers, ...more } as Record<string, unknown>,
  };
}

export function grantObjects({ name, rules, subjects }: Grant, namespace = cluster.namespace): KubeObject[] {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
  return [
    { apiVersion, kind: "Role", metadata: { namespace, name }, rules },
    { apiVersion, kind: "RoleBinding", metadata: { namespace, name }, roleRef, subjects },
  ];
}
