import { bootstrapOf } from "../../config/conflicts.ts";
import type { Client, DatabaseSettings, Toleration } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { readerRole } from "../../config/clientConflicts.ts";
import { databasesOf, readerSql, sqlName, type OwnedDatabase } from "../access/databases.ts";
import { credentialsName, type ClusterName } from "../access/names.ts";
import type { PodSelectorRef } from "../access/hba.ts";
import { parameters } from "./parameters.ts";
import { poolerDnsNames } from "./poolers.ts";

/** Where the instances may run, as the cluster room hands it on. */
export interface Placement {
  nodeSelector: Readonly<Record<string, string>>;
  tolerations: readonly Toleration[];
  /** Whether no two instances may share a node. */
  distinctNodes: boolean;
}

export interface ClusterSpecArgs {
  /** Size, image, replication, parameters. */
  database: DatabaseSettings;
  /** Namespace of the Cluster. */
  namespace: string;
  clients: readonly Client[];
  /** User lines of pg_hba.conf, closing reject included. */
  pgHba: readonly string[];
  /** Selectors that those lines refer to. */
  podSelectorRefs: readonly PodSelectorRef[];
  placement: Placement;
  /** StorageClass of all volumes; the cluster's default when undefined. */
  storageClass: string | undefined;
}

/**
 * Seconds that a primary told to stop waits for sessions to end by themselves, refusing new ones. Pooled sessions
 * never end, so CloudNativePG's default of 180 would keep everybody else out for as long whenever a node is drained.
 */
const SMART_SHUTDOWN_SECONDS = 5;

/** The Cluster as the API server gets it. */
export function clusterObject(args: ClusterSpecArgs): KubeObject {
  const { database, namespace } = args;
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: database.name, namespace },
    spec: clusterSpec(args),
  };
}

/** The `spec` of the CloudNativePG Cluster; field names are CloudNativePG's (postgresql.cnpg.io/v1). */
export function clusterSpec(args: ClusterSpecArgs): Record<string, unknown> {
  const { database, clients, placement } = args;
  const { instances, storage, synchronous, resources } = database;
  const cluster: ClusterName = { name: database.name, namespace: args.namespace };
  const config = { clients: [...clients], database };
  const serverAltDNSNames = poolerDnsNames(cluster, config.clients);
  return {
    instances,
    imageName: database.image,
    enableSuperuserAccess: false,
    smartShutdownTimeout: SMART_SHUTDOWN_SECONDS,
    bootstrap: { initdb: initdb(cluster, args) },
    // Groups first: CloudNativePG makes the roles in this order.
    managed: {
      roles: [
        ...databasesOf(config).map(readerGroup),
        ...clients
          .filter(({ auth }) => auth === "password")
          .map((client) => ({ ...loginRole(client), passwordSecret: { name: credentialsName(cluster, client) } })),
      ],
    },
    ...(serverAltDNSNames.length > 0 && { certificates: { serverAltDNSNames } }),
    podSelectorRefs: args.podSelectorRefs,
    postgresql: {
      pg_hba: args.pgHba,
      parameters: parameters(resources.memory, database.parameters),
      enableAlterSystem: false,
      ...(synchronous && { synchronous: { ...synchronous, failoverQuorum: true } }),
    },
    storage: volume(storage.size, args.storageClass),
    ...(storage.walSize !== null && { walStorage: volume(storage.walSize, args.storageClass) }),
    resources: {
      requests: { cpu: resources.cpu, memory: resources.memory },
      limits: { memory: resources.memory },
    },
    affinity: affinity(placement),
  };
}

/** For a Cluster of somebody else's: how it was begun stays as it is, and a second way beside the first is refused. */
export function withoutBootstrap(spec: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => key !== "bootstrap"));
}

function initdb(cluster: ClusterName, { clients, database }: ClusterSpecArgs): Record<string, unknown> {
  const config = { clients: [...clients], database };
  const bootstrap = bootstrapOf(config);
  const owner = clients.find(({ role }) => role === bootstrap.owner);
  const made = databasesOf(config).find(({ name }) => name === bootstrap.database);
  return {
    ...bootstrap,
    dataChecksums: true,
    ...(made && { postInitApplicationSQL: [`CREATE ROLE ${sqlName(made.reader)} NOLOGIN`, ...readerSql(made)] }),
    ...(owner && { secret: { name: credentialsName(cluster, owner) } }),
  };
}

function readerGroup({ reader }: OwnedDatabase): Record<string, unknown> {
  return { name: reader, ensure: "present", login: false };
}

/** The `spec` of the DatabaseRole of a client with a certificate: managed roles have none. */
export function certifiedRoleSpec(cluster: string, client: Client): Record<string, unknown> {
  return { ...loginRole(client), cluster: { name: cluster }, disablePassword: true, clientCertificate: {} };
}

function loginRole(client: Client): Record<string, unknown> {
  return {
    name: client.role,
    ensure: "present",
    login: true,
    ...(client.access === "readOnly" && { inRoles: [readerRole(client.database)] }),
  };
}

function volume(size: string, storageClass: string | undefined): Record<string, unknown> {
  return { size, ...(storageClass !== undefined && { storageClass }) };
}

function affinity({ nodeSelector, tolerations, distinctNodes }: Placement): Record<string, unknown> {
  return {
    enablePodAntiAffinity: true,
    podAntiAffinityType: distinctNodes ? "required" : "preferred",
    topologyKey: "kubernetes.io/hostname",
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
}
