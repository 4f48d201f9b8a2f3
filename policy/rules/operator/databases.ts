import { readClusters } from "../../analysis/access/cluster.ts";
import type { Stack } from "../stack.ts";

/** The namespaces that hold a Cluster. */
export function databaseNamespaces({ objects }: Stack): ReadonlySet<string> {
  return new Set(readClusters(objects).map(({ namespace }) => namespace));
}
