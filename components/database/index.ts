import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bootstrapOf } from "../../config/conflicts.ts";
import type { Gate } from "../gate.ts";
import { clusterSpec, type ClusterSpecArgs } from "./cluster.ts";

const API_VERSION = "postgresql.cnpg.io/v1";

export interface DatabaseArgs extends ClusterSpecArgs {
  /** Held back until the operator's admission webhook answers. */
  webhookReady: Gate;
  /** Refuse to delete the Cluster: its volumes go with it. */
  protect: boolean;
}

/** The PostgreSQL cluster, and the databases that its bootstrap does not make. Ready means: every instance is. */
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
        spec: clusterSpec(args),
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

    const { database: bootstrapped } = bootstrapOf({ clients: [...clients], database });
    const others = new Map(clients.map((client) => [client.database, client.role]).reverse() as [string, string][]);
    others.delete(bootstrapped);
    for (const [databaseName, owner] of others) {
      new k8s.apiextensions.CustomResource(
        `${name}-${databaseName}`,
        {
          apiVersion: API_VERSION,
          kind: "Database",
          metadata: {
            name: `${database.name}-${databaseName.replaceAll("_", "-")}`,
            namespace,
            annotations: { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" },
          },
          spec: { name: databaseName, owner, cluster: { name: database.name } },
        },
        { parent: this, dependsOn: cluster, protect: args.protect },
      );
    }
    this.registerOutputs({ clusterName: this.clusterName });
  }
}
