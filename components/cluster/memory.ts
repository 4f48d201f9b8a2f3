import * as pulumi from "@pulumi/pulumi";

/** What the last `up` left in the stack's outputs. */
export interface Memory {
  /** kube-system UID of the cluster that it went to. */
  clusterUid: string | undefined;
  /** Kubeconfig of a cluster that the stack made. */
  kubeconfig: string | undefined;
}

/** Reads the stack's own outputs; all undefined before the first `up`. */
export async function remembered(stack: string): Promise<Memory> {
  const itself = new pulumi.StackReference(stack);
  const [clusterUid, kubeconfig] = await Promise.all(
    ["clusterUid", "kubeconfig"].map(async (name) => {
      const details: { value?: unknown; secretValue?: unknown } = await itself.getOutputDetails(name);
      const value = details.value ?? details.secretValue;
      return typeof value === "string" ? value : undefined;
    }),
  );
  return { clusterUid, kubeconfig };
}
