import { at } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";

/** Deleting a Cluster deletes its volumes; a rename, or a change of what cannot be changed, is a deletion too. */
export const databaseProtected: ObjectRule = {
  scope: "object",
  name: "database-protected",
  level: "mandatory",
  severity: "high",
  description: "Pulumi must refuse to delete a production Cluster, and a Database that is dropped with its object.",
  fix: "set the resource option protect: true",
  url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
  kinds: ["Cluster.postgresql.cnpg.io", "Database.postgresql.cnpg.io"],
  judge({ kind, body }, { resource: { protect, patch } }) {
    const isKept = kind === "Database" && at(body, "spec", "databaseReclaimPolicy") !== "delete";
    if (protect !== false || patch || isKept) return [];
    return [{ message: "its data is deleted with it, and nothing refuses that: it is not protected" }];
  },
};
