import { poolerName } from "../../config/poolerConflicts.ts";
import type { Client, PgBouncerSettings } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { POOLER_LABEL, type ClusterName } from "../access/names.ts";
import { poolerHbaLines, poolersOf, type PoolerPlan } from "../access/poolers.ts";

/** Who comes by a pooler, and what all of them have in common. */
export interface PoolerArgs {
  clients: readonly Client[];
  pgbouncer: PgBouncerSettings;
}

/** Makes the engine wait for a Pooler's pods: CloudNativePG tells no more of them than that they are there. */
function annotations(instances: number): Record<string, string> {
  return {
    "pulumi.com/waitFor": `jsonpath={.status.instances}=${String(instances)}`,
    // While a Pooler waits for its Deployment to be gone first, CloudNativePG makes that anew, again and again.
    "pulumi.com/deletionPropagationPolicy": "background",
  };
}

/** The Poolers as the API server gets them. */
export function poolerObjects(cluster: ClusterName, { clients, pgbouncer }: PoolerArgs): KubeObject[] {
  return poolersOf(clients).map((pooler) => ({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Pooler",
    metadata: {
      name: poolerName(cluster.name, pooler.name),
      namespace: cluster.namespace,
      annotations: annotations(pooler.settings.instances),
    },
    spec: poolerSpec(cluster, pooler, pgbouncer.image),
  }));
}

/**
 * The names by which clients reach the poolers, for the server's certificate: PgBouncer shows the same as the instances.
 */
export function poolerDnsNames({ name, namespace }: ClusterName, clients: readonly Client[]): string[] {
  return poolersOf(clients)
    .map((pooler) => poolerName(name, pooler.name))
    .flatMap((service) => [service, `${service}.${namespace}`, `${service}.${namespace}.svc`]);
}

function poolerSpec(cluster: ClusterName, { name, clients, settings }: PoolerPlan, image: string): unknown {
  const { instances, poolMode, parameters, resources } = settings;
  return {
    cluster: { name: cluster.name },
    type: "rw",
    instances,
    pgbouncer: {
      image,
      poolMode,
      pg_hba: poolerHbaLines(clients),
      parameters: {
        client_tls_sslmode: "require",
        // The operator's default does not ask the server for its name.
        server_tls_sslmode: "verify-full",
        ...parameters,
      },
    },
    template: {
      spec: {
        containers: [
          {
            name: "pgbouncer",
            resources: {
              requests: { cpu: resources.cpu, memory: resources.memory },
              limits: { memory: resources.memory },
            },
          },
        ],
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { [POOLER_LABEL]: poolerName(cluster.name, name) } },
          },
        ],
      },
    },
  };
}
