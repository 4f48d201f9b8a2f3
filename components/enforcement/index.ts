import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Gate } from "../gate.ts";

/** The cluster as the proof saw it; another one needs another proof. */
export interface ProvenCluster {
  /** UID of namespace kube-system: as unique as the cluster. */
  uid: string;
  /** Names of the nodes that were judged, in any order. */
  nodes: readonly string[];
}

export interface EnforcementProofArgs {
  /** Namespace of the database, where the receipt lies. */
  namespace: pulumi.Input<string>;
  cluster: pulumi.Input<ProvenCluster>;
  /** How it is proved: image, tolerations and the like, as plain JSON. A change asks for a new proof. */
  settings: Readonly<Record<string, unknown>>;
  /** Runs the proof, and throws where it does not hold. */
  gate: Gate;
}

/**
 * Proof that the CNI enforces NetworkPolicy, before anything relies on it. Its receipt is a ConfigMap that exists only
 * where the proof held for this hash of cluster, settings and nodes; whatever needs enforcement depends on it.
 */
export class EnforcementProof extends pulumi.ComponentResource {
  readonly receipt: k8s.core.v1.ConfigMap;

  constructor(name: string, args: EnforcementProofArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:enforcement:EnforcementProof", name, {}, opts);
    const { namespace, cluster, settings, gate } = args;
    this.receipt = new k8s.core.v1.ConfigMap(
      `${name}-receipt`,
      {
        metadata: { name: "networkpolicy-enforcement", namespace },
        data: pulumi.output(cluster).apply((seen) => receiptData(seen, settings)),
      },
      { parent: this, hooks: gate },
    );
    this.registerOutputs({});
  }
}

/** What a receipt says: the hash of what was proved, and the same for people. */
export function receiptData(
  cluster: ProvenCluster,
  settings: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const nodes = [...cluster.nodes].sort();
  const proved = JSON.stringify([cluster.uid, settings, nodes]);
  return {
    proof: createHash("sha256").update(proved).digest("hex"),
    cluster: cluster.uid,
    nodes: nodes.join("\n"),
    settings: JSON.stringify(settings),
  };
}
