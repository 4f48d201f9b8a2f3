import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";

/** A node, as far as placement asks. */
export interface LiveNode {
  name: string;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  annotations?: Record<string, string>;
}

/** What the cluster looks like before this program changes anything. */
export interface LiveCluster {
  /** UID of namespace kube-system: the identity of the cluster. */
  uid: string;
  nodes: LiveNode[];
  /** The database's namespace, where it exists. */
  namespace?: KubeObject | undefined;
  /** The operator's namespace, where it exists. */
  operatorNamespace?: KubeObject | undefined;
  /** The operator's Deployments in its namespace. */
  operators: KubeObject[];
  /** Whether an operator, wherever it is, has its admission webhook in this cluster. */
  operatorWebhook: boolean;
  /** The Cluster, where it exists. */
  database?: KubeObject | undefined;
}

/** Which objects to look at. */
export interface LiveQuery {
  namespace: string;
  database: string;
  operator: { namespace: string; podLabels: Readonly<Record<string, string>> };
}

/** Reads the cluster; changes nothing. Errors of the client pass through. */
export async function readLive(client: KubeClient, query: LiveQuery): Promise<LiveCluster> {
  const namespace = (name: string) => client.get({ apiVersion: "v1", kind: "Namespace", name });
  const [system, nodes, ours, operatorNamespace, operators, webhook, database] = await Promise.all([
    namespace("kube-system"),
    client.list({ apiVersion: "v1", kind: "Node" }),
    namespace(query.namespace),
    namespace(query.operator.namespace),
    client.list(
      { apiVersion: "apps/v1", kind: "Deployment", namespace: query.operator.namespace },
      { labelSelector: selector(query.operator.podLabels) },
    ),
    client.get({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      name: "cnpg-mutating-webhook-configuration",
    }),
    readDatabase(client, query),
  ]);
  return {
    uid: system?.metadata.uid ?? "",
    nodes: nodes.map(liveNode),
    namespace: ours,
    operatorNamespace,
    operators,
    operatorWebhook: webhook !== undefined,
    database,
  };
}

/** Nodes that carry the labels and no taint that is not tolerated: where the database can run. */
export function usableNodes(
  nodes: readonly LiveNode[],
  nodeSelector: Readonly<Record<string, string>>,
  tolerations: readonly { key?: string | undefined; value?: string | undefined; effect?: string | undefined }[],
): LiveNode[] {
  return nodes.filter(
    ({ labels, taints }) =>
      Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
      taints
        .filter(({ effect }) => effect !== "PreferNoSchedule")
        .every((taint) =>
          tolerations.some(
            ({ key, value, effect }) =>
              (key ?? taint.key) === taint.key &&
              (value ?? taint.value) === taint.value &&
              (effect ?? taint.effect) === taint.effect,
          ),
        ),
  );
}

async function readDatabase(client: KubeClient, query: LiveQuery): Promise<KubeObject | undefined> {
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${query.namespace}/clusters`;
  const group = (await client.request("GET", "/apis")) as { groups: { name: string }[] };
  if (!group.groups.some(({ name }) => name === "postgresql.cnpg.io")) return undefined;
  const { items } = (await client.request("GET", path)) as { items: KubeObject[] };
  return items.find(({ metadata }) => metadata.name === query.database);
}

function liveNode({ metadata, ...node }: KubeObject): LiveNode {
  const spec = (node["spec"] ?? {}) as { taints?: LiveNode["taints"] };
  const { name = "", labels = {}, annotations = {} } = metadata;
  return { name, labels, taints: spec.taints ?? [], annotations };
}

function selector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
