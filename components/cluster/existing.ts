import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings, DatabaseSettings } from "../../config/schema.ts";
import type { Placement } from "../database/cluster.ts";
import { usableNodes, type LiveCluster } from "./live.ts";

export interface ExistingClusterArgs extends ClusterSettings {
  /** Content of a kubeconfig file; secret. */
  kubeconfig: pulumi.Output<string>;
  /** The cluster as it was found. */
  live: LiveCluster;
  /** Its instances want a node each. */
  database: Pick<DatabaseSettings, "instances">;
}

/** A cluster that is there already: only providers are registered, and where the database can run is worked out. */
export class ExistingCluster extends pulumi.ComponentResource {
  readonly provider: k8s.Provider;
  /** The same, for objects that may have outlived an earlier `destroy`: it takes them over. */
  readonly adopting: k8s.Provider;
  readonly placement: Placement;
  readonly storageClass: string | undefined;
  readonly controlPlaneCidrs: readonly string[];
  /** UID of namespace kube-system, and the names of the nodes that the database can run on. */
  readonly identity: { uid: string; nodes: string[] };

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:cluster:ExistingCluster", name, {}, opts);
    const { live, nodeSelector, tolerations } = args;
    const provider = (of: string, more: k8s.ProviderArgs) =>
      new k8s.Provider(
        of,
        {
          kubeconfig: args.kubeconfig,
          ...(args.context !== undefined && { context: args.context }),
          // Without it a kubeconfig with renewed certificates would replace the provider, and all it made.
          clusterIdentifier: live.uid,
          ...more,
        },
        { parent: this },
      );
    // A changed password updates its Secret in place; a replacement would leave the clients without it for a moment.
    this.provider = provider(`${name}-provider`, { enableSecretMutable: true, enableConfigMapMutable: true });
    this.adopting = provider(`${name}-adopting-provider`, { upsertExistingObjects: true });
    const nodes = usableNodes(live.nodes, nodeSelector, tolerations).map((node) => node.name);
    const distinctNodes = args.distinctNodes ?? nodes.length >= args.database.instances;
    this.placement = { nodeSelector, tolerations, distinctNodes };
    this.storageClass = args.storageClass;
    this.controlPlaneCidrs = args.controlPlaneCidrs;
    this.identity = { uid: live.uid, nodes: nodes.sort() };
    this.registerOutputs({ uid: live.uid });
  }
}
