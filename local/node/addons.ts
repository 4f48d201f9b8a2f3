import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { corednsImage, provisionerImage } from "./images.ts";
import { network, paths } from "./layout.ts";
import { operandImage } from "./operand.ts";

/** The Deployments of kube-system without which no workload can be served. */
export const addonDeployments = ["coredns", "local-path-provisioner"];

/** The objects of cluster DNS and of the default StorageClass. */
export function addonObjects(): KubeObject[] {
  return [
    ...load("coredns.yaml", { IMAGE: corednsImage, ADDRESS: network.dnsService }),
    ...load("storage.yaml", { IMAGE: provisionerImage, FOLDER: paths.volumes, SHELL: operandImage }),
  ];
}

/** Applies the objects of cluster DNS and of the default StorageClass. */
export async function applyAddons(client: KubeClient): Promise<void> {
  for (const object of addonObjects()) await client.apply(object, { fieldManager: "local-node" });
}

function load(file: string, values: Record<string, string>): KubeObject[] {
  const manifest = readFileSync(join(import.meta.dirname, "manifests", file), "utf8");
  const text = Object.entries(values).reduce((text, [word, value]) => text.replaceAll(word, value), manifest);
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}
