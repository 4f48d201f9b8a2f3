import type { ClusterSettings } from "../../config/schema.ts";
import { NoKindMatch, type KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { authorityName, type ClusterName } from "../access/names.ts";
import type { Placement } from "../database/cluster.ts";

/** A node, as far as placement asks. */
export interface LiveNode {
  name: string;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  annotations?: Record<string, string>;
  /** Release of its kubelet, like "v1.36.3+k3s1". */
  version?: string | undefined;
  /** Its address in the private network. */
  address?: string | undefined;
  /** Ranges that its pods have their addresses from, where Kubernetes hands them out. */
  podCidrs: string[];
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
  /** Where the API servers listen, each as a range of one address. */
  apiServers: { cidr: string; port: number }[];
  /** Which of the clients' other namespaces exist. */
  clientNamespaces: string[];
  /** NetworkPolicies of all these namespaces. */
  networkPolicies: KubeObject[];
  /** The Cluster, where it exists. */
  database?: KubeObject | undefined;
  /** PEM of the CA that its certificates are of. */
  authority?: string | undefined;
}

/** Where there is no cluster yet, or none that can be seen. */
export const NOTHING_YET: LiveCluster = {
  uid: "",
  nodes: [],
  operators: [],
  operatorWebhook: false,
  clientNamespaces: [],
  apiServers: [],
  networkPolicies: [],
};

/** Which objects to look at. */
export interface LiveQuery {
  namespace: string;
  database: string;
  /** Other namespaces with workloads of clients. */
  clientNamespaces: readonly string[];
  operator: { namespace: string; podLabels: Readonly<Record<string, string>> };
}

/** Reads the cluster; changes nothing. Errors of the client pass through. */
export async function readLive(client: KubeClient, query: LiveQuery): Promise<LiveCluster> {
  const namespace = (name: string) => client.get({ apiVersion: "v1", kind: "Namespace", name });
  const policies = (of: string) =>
    client.list({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace: of });
  const namespaces = [...new Set([query.namespace, query.operator.namespace, ...query.clientNamespaces])];
  const cluster = { name: query.database, namespace: query.namespace };
  const [uid, nodes, ours, operatorNamespace, operators, webhook, theirs, networkPolicies, apiServers, database] =
    await Promise.all([
      readUid(client),
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
      Promise.all(query.clientNamespaces.map(namespace)),
      Promise.all(namespaces.map(policies)),
      client.list(
        { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", namespace: "default" },
        { labelSelector: "kubernetes.io/service-name=kubernetes" },
      ),
      readDatabase(client, query),
    ]);
  return {
    uid,
    nodes: nodes.map(liveNode),
    namespace: ours,
    operatorNamespace,
    operators,
    operatorWebhook: webhook !== undefined,
    clientNamespaces: theirs.flatMap((found) => found?.metadata.name ?? []),
    networkPolicies: networkPolicies.flat(),
    apiServers: apiServers.flatMap(endpoints),
    database,
    authority: database && (await readAuthority(client, cluster)),
  };
}

/** UID of namespace kube-system, by which a cluster is known. */
export async function readUid(client: KubeClient): Promise<string> {
  const system = await client.get({ apiVersion: "v1", kind: "Namespace", name: "kube-system" });
  return system?.metadata.uid ?? "";
}

/**
 * PEM of the CA that a Cluster's certificates are of; undefined until the operator has made it. Of the Secret only that is
 * read: the CA's own key, which is in it too, comes into no state.
 */
export async function readAuthority(client: KubeClient, cluster: ClusterName): Promise<string | undefined> {
  const name = authorityName(cluster);
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", namespace: cluster.namespace, name });
  const certificate = (secret?.["data"] as Record<string, string> | undefined)?.["ca.crt"];
  return certificate && Buffer.from(certificate, "base64").toString();
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

/** Where the database runs in a cluster that is there. */
export function placementIn(
  { nodeSelector, tolerations, distinctNodes }: ClusterSettings,
  nodes: readonly LiveNode[],
  instances: number,
): Placement {
  const usable = usableNodes(nodes, nodeSelector, tolerations);
  return { nodeSelector, tolerations, distinctNodes: distinctNodes ?? usable.length >= instances };
}

async function readDatabase(client: KubeClient, query: LiveQuery): Promise<KubeObject | undefined> {
  const clusters = await readClusters(client, query.namespace);
  return clusters.find(({ metadata }) => metadata.name === query.database);
}

/**
 * CloudNativePG's Clusters, of one namespace or of all; none where the API server does not know the kind, as after an
 * installation that was interrupted between the operator's kinds.
 */
export async function readClusters(client: KubeClient, namespace?: string): Promise<KubeObject[]> {
  const kind = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" };
  return client.list({ ...kind, ...(namespace !== undefined && { namespace }) }).catch((error: unknown) => {
    if (error instanceof NoKindMatch) return [];
    throw error;
  });
}

function liveNode({ metadata, ...node }: KubeObject): LiveNode {
  const { taints = [], podCIDRs: podCidrs = [] } = (node["spec"] ?? {}) as {
    taints?: LiveNode["taints"];
    podCIDRs?: string[];
  };
  const { nodeInfo, addresses = [] } = (node["status"] ?? {}) as {
    nodeInfo?: { kubeletVersion?: string };
    addresses?: { type: string; address: string }[];
  };
  const { name = "", labels = {}, annotations = {} } = metadata;
  const address = addresses.find(({ type }) => type === "InternalIP")?.address;
  return { name, labels, taints, annotations, version: nodeInfo?.kubeletVersion, address, podCidrs };
}

function endpoints(slice: KubeObject): LiveCluster["apiServers"] {
  const listed = slice as KubeObject & {
    endpoints: { addresses: string[] }[] | null;
    ports: { port: number }[] | null;
  };
  const addresses = (listed.endpoints ?? []).flatMap((one) => one.addresses);
  return (listed.ports ?? []).flatMap(({ port }) =>
    addresses.map((address) => ({ cidr: `${address}/${address.includes(":") ? "128" : "32"}`, port })),
  );
}

function selector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
