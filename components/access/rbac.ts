import type { types } from "@pulumi/kubernetes";
import type { Client } from "../../config/schema.ts";

/** `get` on one Secret by name: `list` and `watch` would show every Secret of the namespace. */
export function secretReaderRules(secretName: string): types.input.rbac.v1.PolicyRule[] {
  return [{ apiGroups: [""], resources: ["secrets"], resourceNames: [secretName], verbs: ["get"] }];
}

/** The ServiceAccounts of a client's workloads. */
export function secretReaderSubjects(client: Client, namespace: string): types.input.rbac.v1.Subject[] {
  return client.workloads.map(({ serviceAccount }) => ({
    kind: "ServiceAccount",
    name: serviceAccount.name,
    namespace,
  }));
}
