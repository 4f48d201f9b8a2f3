import { isDeepStrictEqual } from "node:util";
import { withoutBootstrap } from "../database/cluster.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";

/** Somebody who owns no field yet, as Pulumi does not: what an owner no longer sets would be removed. */
const NOBODY = "hcloud-postgres-takeover";

/**
 * What taking over changes in a Cluster's `spec`, as the API server itself says: `path: before -> after`, a line each.
 * Nothing is stored. Errors of the API server and of its webhooks pass through.
 */
export async function takeoverChanges(client: KubeClient, live: KubeObject, wanted: KubeObject): Promise<string[]> {
  const spec = withoutBootstrap(wanted["spec"] as Record<string, unknown>);
  const after = await client.apply({ ...wanted, spec }, { dryRun: true, fieldManager: NOBODY });
  return changes("spec", live["spec"], after["spec"]);
}

function changes(path: string, before: unknown, after: unknown): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [`${path}: ${shown(before)} -> ${shown(after)}`];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort().flatMap((key) => changes(`${path}.${key}`, before[key], after[key]));
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
