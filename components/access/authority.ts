import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Client } from "../../config/schema.ts";
import { authorityName, type ClusterName } from "./names.ts";
import { otherNamespaces } from "./workloads.ts";

export interface AuthorityCopiesArgs {
  cluster: ClusterName;
  clients: readonly Client[];
  /** Reads the PEM of the CA that the database's certificates are of. */
  certificate: () => pulumi.Output<string>;
}

/**
 * The certificate once the Cluster is there. Previews have it from what was found before, and do not know it before the
 * first `up`: they must not wait for a cluster that is still to be made.
 */
export function certificateOf(
  found: string | undefined,
  clusterReady: pulumi.Output<unknown>,
  read: () => Promise<string | undefined>,
): pulumi.Output<string> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(found ?? (pulumi.unknown as string));
  return clusterReady.apply(async () => {
    const certificate = await read();
    if (certificate === undefined) throw new Error("the Secret of the database's CA has no ca.crt");
    return certificate;
  });
}

/**
 * The CA's certificate in the namespaces of clients, without its key: a Secret of the same name and key as the original,
 * so that the same workload mounts either. CloudNativePG issues the certificate anew, with the same key, a week before it
 * expires; the next `up` copies it.
 */
export class AuthorityCopies extends pulumi.ComponentResource {
  constructor(name: string, args: AuthorityCopiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:access:AuthorityCopies", name, {}, opts);
    const { cluster, clients, certificate } = args;
    for (const namespace of otherNamespaces(cluster, clients)) {
      new k8s.core.v1.Secret(
        `${name}-${namespace}`,
        { metadata: { name: authorityName(cluster), namespace }, stringData: { "ca.crt": certificate() } },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
