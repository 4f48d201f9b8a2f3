import type { Readiness } from "./readiness.ts";
import { text } from "../objects.ts";

export function persistentVolume(): Readiness {
  return ({ object }) => ({ ready: ["Available", "Bound"].includes(text(object, "status", "phase")) });
}

/** Bound; or, where the storage class waits for the first pod, still pending after a create. */
export function persistentVolumeClaim(): Readiness {
  return async ({ cluster, object, before }) => {
    const phase = text(object, "status", "phase");
    const storageClass = await cluster.get({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: text(object, "spec", "storageClassName") },
    });
    const waits = text(storageClass ?? null, "volumeBindingMode") === "WaitForFirstConsumer";
    const ready = phase === (waits && before === undefined ? "Pending" : "Bound");
    return { ready, waitingFor: `Waiting for the claim to be bound (${phase})` };
  };
}
