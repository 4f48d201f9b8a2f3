import type { KubeClient } from "../../../kube/client.ts";
import { access, objectsOf, type AccessRow } from "../../../policy/analysis/index.ts";
import { namespace, names, strangers, web } from "./scene.ts";

const policies = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };
const cnpg = (kind: string) => ({ apiVersion: "postgresql.cnpg.io/v1", kind });
const core = (kind: string) => ({ apiVersion: "v1", kind });

/** A row of the access table, and who of the scene can try whether it is true; nobody for the operator and the like. */
export interface TriedRow {
  readonly row: AccessRow;
  readonly asker: string | undefined;
}

/** The access table of what is in the cluster, as k3s' engine reads it. */
export async function liveRows(client: KubeClient): Promise<TriedRow[]> {
  const kinds = [core("Namespace"), core("Pod"), policies, cnpg("Cluster"), cnpg("Pooler")];
  const objects = (await Promise.all(kinds.map((kind) => client.list(kind)))).flat();
  const { rows } = access(objectsOf(objects, []), "k3s", []);
  return rows.map((row) => ({ row, asker: askerOf(row) }));
}

function askerOf({ source: { kind, name = "", ...place } }: AccessRow): string | undefined {
  if (kind === "client") return name;
  if (kind === "scraper") return "scraper";
  if (kind === "pods") return [...names, ...strangers].find((asker) => name === `poolers-${asker}`);
  if (kind !== "namespace") return undefined;
  return place.namespace === namespace ? "stranger" : place.namespace === undefined ? `${web}-stranger` : undefined;
}
