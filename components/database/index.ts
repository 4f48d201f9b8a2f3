import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bootstrapOf } from "../../config/conflicts.ts";
import type { Gate } from "../gate.ts";
import { databasesOf } from "../access/databases.ts";
import { databaseRoleName } from "../access/names.ts";
import { certifiedRoleSpec, clusterSpec, withoutBootstrap, type ClusterSpecArgs } from "./cluster.ts";
import { poolerObjects, type PoolerArgs } from "./poolers.ts";

const API_VERSION = "postgresql.cnpg.io/v1";
/** Makes the engine wait until the primary has it. */
const APPLIED = { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" };

export interface DatabaseArgs extends ClusterSpecArgs, PoolerArgs {
  /** Held back until the operator's admission webhook answers. */
  webhookReady: Gate;
  /** Whether the Cluster is somebody else's, taken over. */
  adopted: boolean;
  /** Refuse to delete the Cluster: its volumes go with it. */
  protect: boolean;
}

/**
 * Name of the Database object, `pg-my-db` for `my_db`. A name that is not that simple gets a hash, so that no two
 * databases share an object.
 */
export function databaseObjectName(cluster: string, database: string): string {
  if (/^[a-z0-9]+(_[a-z0-9]+)*$/.test(database)) return `${cluster}-${database.replaceAll("_", "-")}`;
  return `${cluster}-database-${createHash("sha256").update(database).digest("hex").slice(0, 12)}`;
}

/**
 * The PostgreSQL cluster, the databases that its bootstrap does not make, and the poolers. Ready means: every instance is;
 * of a pooler CloudNativePG says no more than that its pods are there.
 */
export class Database extends pulumi.ComponentResource {
  /** Name of the CloudNativePG Cluster, known once it is ready. */
  readonly clusterName: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:database:Database", name, {}, opts);
    const { database, clients, namespace } = args;
    const create = `${String(database.readyTimeoutMinutes)}m`;
    const cluster = new k8s.apiextensions.CustomResource(
      `${name}-cluster`,
      {
        apiVersion: API_VERSION,
        kind: "Cluster",
        metadata: { name: database.name, namespace, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: args.adopted ? withoutBootstrap(clusterSpec(args)) : clusterSpec(args),
      },
      {
        parent: this,
        protect: args.protect,
        customTimeouts: { create, update: create },
        hooks: args.webhookReady,
        // A child does not inherit it, and a destroy must delete the Cluster before the operator that cleans up after it.
        ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
      },
    );
    this.clusterName = cluster.metadata.name;

    const certified = clients
      .filter(({ auth }) => auth === "cert")
      .map(
        (client) =>
          new k8s.apiextensions.CustomResource(
            `${name}-role-${client.name}`,
            {
              apiVersion: API_VERSION,
              kind: "DatabaseRole",
              metadata: {
                name: databaseRoleName({ name: database.name, namespace }, client),
                namespace,
                annotations: APPLIED,
              },
              spec: certifiedRoleSpec(database.name, client),
            },
            { parent: this, dependsOn: cluster },
          ),
      );

    const config = { clients: [...clients], database };
    const { database: bootstrapped } = bootstrapOf(config);
    for (const { name: databaseName, owner } of databasesOf(config).filter((one) => one.name !== bootstrapped)) {
      new k8s.apiextensions.CustomResource(
        `${name}-${databaseName}`,
        {
          apiVersion: API_VERSION,
          kind: "Database",
          metadata: {
            name: databaseObjectName(database.name, databaseName),
            namespace,
            annotations: APPLIED,
          },
          spec: { name: databaseName, owner, cluster: { name: database.name } },
        },
        { parent: this, dependsOn: [cluster, ...certified], protect: args.protect },
      );
    }
    for (const { apiVersion, kind, metadata, spec } of poolerObjects({ name: database.name, namespace }, args)) {
      new k8s.apiextensions.CustomResource(
        `${name}-${metadata.name ?? ""}`,
        { apiVersion, kind, metadata, spec },
        { parent: this, dependsOn: cluster },
      );
    }
    this.registerOutputs({ clusterName: this.clusterName });
  }
}
