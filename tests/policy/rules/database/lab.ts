import type { JsonObject } from "../../../../policy/analysis/json.ts";
import type { Resource } from "../../../../policy/analysis/resources.ts";
import { resource } from "../lab.ts";

/** A Cluster as the engine shows it to a pack. */
export function cluster(spec: JsonObject, annotations: JsonObject = {}): Resource {
  return resource("kubernetes:postgresql.cnpg.io/v1:Cluster", body("Cluster", spec, annotations));
}

/** What sets some fields of a Cluster that somebody else made. */
export function clusterPatch(spec: JsonObject): Resource {
  return resource("kubernetes:postgresql.cnpg.io/v1:ClusterPatch", body("Cluster", spec));
}

/** An object of another of CloudNativePG's kinds. */
export function object(kind: string, spec: JsonObject): Resource {
  return resource(`kubernetes:postgresql.cnpg.io/v1:${kind}`, body(kind, spec));
}

/** A Cluster with these lines, and with selectors app and pooler. */
export function clusterWithLines(...pgHba: readonly string[]): Resource {
  return cluster({ instances: 3, podSelectorRefs, postgresql: { pg_hba: pgHba } });
}

const podSelectorRefs = [
  { name: "app", selector: { matchLabels: { app: "myapp" } } },
  { name: "pooler", selector: { matchLabels: { "cnpg.io/poolerName": "pg-rw" } } },
];

function body(kind: string, spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  const metadata = { name: "pg", namespace: "production", annotations };
  return { apiVersion: "postgresql.cnpg.io/v1", kind, metadata, spec };
}
