import { connection, RELOAD_LABEL } from "../../components/access/credentials.ts";
import { pgHbaLines, podSelectorRefs } from "../../components/access/hba.ts";
import { clientPolicyName, credentialsName, lifelinesName, type ClusterName } from "../../components/access/names.ts";
import { clientPolicy, lifelines } from "../../components/access/networkPolicies.ts";
import { clusterSpec } from "../../components/database/cluster.ts";
import { POD_SECURITY_RESTRICTED } from "../../components/namespace.ts";
import { schema } from "../../config/schema.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { deleteAndWait, hasCondition, untilObject } from "../../kube/wait.ts";
import { operandImage } from "../../local/node/operand.ts";
import { clientOf } from "../unit/access/clients.ts";
import { ref } from "./support.ts";

const app = clientOf({
  name: "app",
  role: "app_user",
  database: "app",
  workloads: [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }],
});
const clients = [app];
const { database, operator } = schema.parse({
  clients,
  database: {
    instances: 2,
    synchronous: null,
    image: operandImage,
    storage: { size: "1Gi", walSize: null },
    resources: { memory: "256Mi", cpu: "100m" },
  },
});

/** pg_hba as the program renders it. */
export const closed = pgHbaLines(clients);

/** The Cluster of a scratch database with these lines of pg_hba. */
export function scratchCluster({ name, namespace }: ClusterName, pgHba: string[]): KubeObject {
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name, namespace },
    spec: clusterSpec({
      database,
      namespace,
      clients,
      pgHba,
      podSelectorRefs: podSelectorRefs({ name, namespace }, clients),
      placement: { nodeSelector: {}, tolerations: [], distinctNodes: false },
      storageClass: undefined,
    }),
  };
}

/** The NetworkPolicies that the program renders for it, and the lifelines as they would be without the operator's. */
export function scratchPolicies(cluster: ClusterName): {
  app: KubeObject;
  lifelines: KubeObject;
  crippled: KubeObject;
} {
  const policy = (name: string, spec: unknown): KubeObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: cluster.namespace },
    spec,
  });
  const nobody = { ...operator, podLabels: { app: "nobody" } };
  return {
    app: policy(clientPolicyName(cluster, app), clientPolicy(cluster, app)),
    lifelines: policy(lifelinesName(cluster), lifelines(cluster, { operator, controlPlaneCidrs: [] })),
    crippled: policy(lifelinesName(cluster), lifelines(cluster, { operator: nobody, controlPlaneCidrs: [] })),
  };
}

/** Makes a scratch database anew, in a namespace of its own, without NetworkPolicies; every instance is ready. */
export async function createScratch(client: KubeClient, cluster: ClusterName): Promise<void> {
  const { namespace } = cluster;
  await removeScratch(client, cluster);
  const objects: KubeObject[] = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: POD_SECURITY_RESTRICTED } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: "myapp" } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: credentialsName(cluster, app), labels: RELOAD_LABEL },
      type: "kubernetes.io/basic-auth",
      stringData: { ...connection(cluster, app), password: "scratch" },
    },
    scratchCluster(cluster, closed),
  ];
  for (const object of objects) await client.create(object);
  await untilReady(client, cluster);
}

/** Waits until every instance is ready. */
async function untilReady(client: KubeClient, { namespace, name }: ClusterName): Promise<void> {
  const ready = (object: KubeObject) => hasCondition(object, "Ready");
  await untilObject(client, ref.pgCluster(namespace, name), "ready", ready, { seconds: 240 });
}

export async function removeScratch(client: KubeClient, { namespace }: ClusterName): Promise<void> {
  await deleteAndWait(client, ref.namespace(namespace), { seconds: 120 });
}
