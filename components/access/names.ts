import type { Client } from "../../config/schema.ts";

/** The CloudNativePG Cluster and the namespace it lives in. */
export interface ClusterName {
  name: string;
  namespace: string;
}

/** Label that CloudNativePG puts on every pod of a Cluster: instances, Jobs, poolers. */
export const CLUSTER_LABEL = "cnpg.io/cluster";
/** Label that tells instances (`instance`) from poolers (`pooler`); Jobs have none. */
export const POD_ROLE_LABEL = "cnpg.io/podRole";
/** Label that tells the poolers of a Cluster apart. */
export const POOLER_LABEL = "cnpg.io/poolerName";

/** `pg-app`: the DatabaseRole of a client with a certificate. */
export function databaseRoleName(cluster: ClusterName, client: Client): string {
  return `${cluster.name}-${client.name}`;
}

/**
 * The Secret a client reads its role and password from: `pg-app-credentials`, or one that is there already; or its
 * certificate, where CloudNativePG puts it.
 */
export function credentialsName(cluster: ClusterName, client: Client): string {
  if (client.auth === "cert") return `${databaseRoleName(cluster, client)}-client-cert`;
  return client.existingSecret ?? `${cluster.name}-${client.name}-credentials`;
}

/** `allow-app-to-pg`: the NetworkPolicy that lets a client in. */
export function clientPolicyName(cluster: ClusterName, client: Client): string {
  return `allow-${client.name}-to-${cluster.name}`;
}

/** `pg-isolation`: the NetworkPolicy that lets nobody reach the database's pods whom no other one admits. */
export function isolationName(cluster: ClusterName): string {
  return `${cluster.name}-isolation`;
}

/** `pg-lifelines`: the NetworkPolicy that keeps replication and the operator's paths open. */
export function lifelinesName(cluster: ClusterName): string {
  return `${cluster.name}-lifelines`;
}

/** `pg-egress`: the NetworkPolicy that lets the database's pods out to what they cannot live without. */
export function egressName(cluster: ClusterName): string {
  return `${cluster.name}-egress`;
}

/** `pg-metrics`: the NetworkPolicy that lets scrapers read the instances' metrics. */
export function metricsName(cluster: ClusterName): string {
  return `${cluster.name}-metrics`;
}

/** `pg-pooler-metrics`: the same for the poolers'. */
export function poolerMetricsName(cluster: ClusterName): string {
  return `${cluster.name}-pooler-metrics`;
}

/** `pg-ca`: the Secret whose `ca.crt` everybody may mount, and whose `ca.key` could sign a certificate for replication. */
export function authorityName(cluster: ClusterName): string {
  return `${cluster.name}-ca`;
}

/** `read-pg-app-secret`: the Role, and its RoleBinding, that grant a client its one Secret. */
export function secretReaderName(cluster: ClusterName, client: Client): string {
  return `read-${cluster.name}-${client.name}-secret`;
}

/** `run-as-pg-app`: the Role, and its RoleBinding, that let deployers run pods as a client; `run-as-pg` for the operator. */
export function runAsName(cluster: ClusterName, client?: Client): string {
  return client ? `run-as-${cluster.name}-${client.name}` : `run-as-${cluster.name}`;
}
