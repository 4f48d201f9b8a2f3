import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings, DatabaseSettings } from "../../config/schema.ts";
import type { ExistingCredentials } from "../../config/secrets.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Endpoint } from "../access/egress.ts";
import type { Placement } from "../database/cluster.ts";
import type { ProvenCluster } from "../enforcement/index.ts";
import { placementIn, usableNodes, type LiveCluster } from "./live.ts";
import type { ClusterRoom } from "./room.ts";

export interface ExistingClusterArgs extends ClusterSettings {
  credentials: ExistingCredentials;
  /** The cluster as it was found. */
  live: LiveCluster;
  /** Its instances want a node each. */
  database: Pick<DatabaseSettings, "instances">;
}

/** A cluster that is there already: only providers are registered, and where the database can run is worked out. */
export class ExistingCluster extends pulumi.ComponentResource implements ClusterRoom {
  readonly provider: k8s.Provider;
  readonly adopting: k8s.Provider;
  readonly placement: Placement;
  readonly storageClass: string | undefined;
  readonly controlPlaneCidrs: readonly string[];
  readonly apiServers: readonly Endpoint[];
  readonly identity: pulumi.Output<ProvenCluster>;
  readonly nodes: readonly string[];
  readonly kubeconfig = undefined;
  readonly #client: KubeClient;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:cluster:ExistingCluster", name, {}, opts);
    const { live, nodeSelector, tolerations } = args;
    const provider = (of: string, more: k8s.ProviderArgs) =>
      new k8s.Provider(
        of,
        {
          kubeconfig: args.credentials.kubeconfig,
          ...(args.context !== undefined && { context: args.context }),
          // Without it a kubeconfig with renewed certificates would replace the provider, and all it made.
          clusterIdentifier: live.uid,
          ...more,
        },
        { parent: this },
      );
    // A changed password updates its Secret in place; a replacement would leave the clients without it for a moment.
    this.provider = provider(`${name}-provider`, { enableSecretMutable: true, enableConfigMapMutable: true });
    this.adopting = provider(`${name}-adopting-provider`, { upsertExistingObjects: true, enablePatchForce: true });
    const nodes = usableNodes(live.nodes, nodeSelector, tolerations).map((node) => node.name);
    this.placement = placementIn(args, live.nodes, args.database.instances);
    this.storageClass = args.storageClass;
    this.controlPlaneCidrs = args.controlPlaneCidrs;
    this.apiServers = live.apiServers;
    this.nodes = nodes.sort();
    this.identity = pulumi.output({ uid: live.uid, nodes: [...this.nodes] });
    this.#client = args.credentials.client;
    this.registerOutputs({ uid: live.uid });
  }

  connect(): Promise<KubeClient> {
    return Promise.resolve(this.#client);
  }
}
