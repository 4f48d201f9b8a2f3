import type { Workload } from "./schema.ts";

/** Namespace of a workload: the database's, unless it says another. */
export function namespaceOf({ namespace }: Workload, ofDatabase: string): string {
  return namespace ?? ofDatabase;
}
