import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { KubeClient } from "../../kube/client.ts";
import type { Endpoint } from "../access/egress.ts";
import type { Placement } from "../database/cluster.ts";
import type { ProvenCluster } from "../enforcement/index.ts";

/** What the cluster room hands on, wherever the cluster comes from. */
export interface ClusterRoom extends pulumi.ComponentResource {
  readonly provider: k8s.Provider;
  /** The same, for objects that may have outlived an earlier `destroy`: it takes them over. */
  readonly adopting: k8s.Provider;
  readonly placement: Placement;
  readonly storageClass: string | undefined;
  /** Addresses of the control plane, from which it calls pods. */
  readonly controlPlaneCidrs: readonly string[];
  /** The API servers themselves, as packets are addressed once the Service `kubernetes` is resolved. */
  readonly apiServers: readonly Endpoint[];
  /** UID of namespace kube-system, and the names of the nodes that the database can run on. */
  readonly identity: pulumi.Output<ProvenCluster>;
  /** Names of those nodes. */
  readonly nodes: readonly string[];
  /** Content of a kubeconfig file for a cluster that the stack made, secret; undefined for one that was there. */
  readonly kubeconfig: pulumi.Output<string> | undefined;
  /** A client for gates; it waits until there is a cluster to speak to. */
  connect(): Promise<KubeClient>;
}
