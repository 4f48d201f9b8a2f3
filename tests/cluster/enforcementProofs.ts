import { leftovers } from "../../components/enforcement/objects.ts";
import type { ProofOptions } from "../../components/enforcement/prove.ts";
import type { KubeClient } from "../../kube/client.ts";
import { operandImage } from "../../local/node/operand.ts";

/** Whose proofs of enforcement those of the tests are. */
export const owner = "tests/enforcement";

/** A proof on every node. */
export async function proofOptions(client: KubeClient): Promise<ProofOptions> {
  const nodes = await client.list({ apiVersion: "v1", kind: "Node" });
  return { owner, image: operandImage, nodes: nodes.map(({ metadata }) => String(metadata.name)) };
}

/** Namespaces that proofs of the owner left behind. */
export async function leftOf(client: KubeClient, whose: string): Promise<string[]> {
  const found = await client.list({ apiVersion: "v1", kind: "Namespace" }, { labelSelector: leftovers(whose) });
  return found.map(({ metadata }) => String(metadata.name));
}
