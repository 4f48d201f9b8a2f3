import type { JsonObject } from "../json.ts";
import manifests from "./defaults.json" with { type: "json" };
import type { Binding, Role } from "./model.ts";
import { read } from "./read.ts";

const readings = manifests.map((manifest) => {
  const { name, namespace = "" }: { name: string; namespace?: string } = manifest.metadata;
  const { kind } = manifest;
  // JSON by its origin; the inferred type only lacks the index signature.
  const body = manifest as unknown as JsonObject;
  return read({ apiVersion: "rbac.authorization.k8s.io/v1", kind, name, namespace, body });
});

/** The roles and bindings that every API server creates by itself (Kubernetes 1.36), as recorded from one. */
export const defaults: { readonly roles: readonly Role[]; readonly bindings: readonly Binding[] } = {
  roles: readings.flatMap((reading) => (reading !== undefined && "role" in reading ? [reading.role] : [])),
  bindings: readings.flatMap((reading) => (reading !== undefined && "binding" in reading ? [reading.binding] : [])),
};
