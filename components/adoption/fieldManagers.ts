import type { KubeClient } from "../../kube/client.ts";
import type { ManagedFields, ObjectRef } from "../../kube/objects.ts";

/** Whose fields the Kubernetes provider makes its own before an update: managers whose names begin like this. */
const TAKEN_OVER = ["kubectl", "before-first-apply"];
const KEPT = "before-adoption-";
/** The longest name that the API server accepts. */
const LONGEST = 128;

/**
 * Lets fields that somebody else set with kubectl outlive our updates. The provider would make them its own, and then remove
 * all that it does not set: how the database was begun, its backups, whatever we do not render. Under another manager's name
 * they are left alone, as those of every other tool are.
 * Source: `fixCSAFieldManagers` in pulumi-kubernetes, provider/pkg/await/await.go
 */
export async function keepFieldsOfOthers(client: KubeClient, ref: ObjectRef): Promise<void> {
  const found = await client.get(ref);
  const { resourceVersion, managedFields = [] } = found?.metadata ?? {};
  if (!managedFields.some(isTakenOver)) return;
  const kept = managedFields.map((fields) => (isTakenOver(fields) ? underAnotherName(fields) : fields));
  await client.mergePatch(ref, { metadata: { resourceVersion, managedFields: kept } });
}

function isTakenOver({ manager }: ManagedFields): boolean {
  return TAKEN_OVER.some((beginning) => manager.startsWith(beginning));
}

function underAnotherName(fields: ManagedFields): ManagedFields {
  return { ...fields, manager: `${KEPT}${fields.manager}`.slice(0, LONGEST) };
}
