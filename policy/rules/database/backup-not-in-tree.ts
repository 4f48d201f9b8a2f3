import { at, isObject, list } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";

/** CloudNativePG 1.31 takes it out: whoever still has it then has neither backups nor an archive. */
export const backupNotInTree: ObjectRule = {
  scope: "object",
  name: "backup-not-in-tree",
  level: "advisory",
  severity: "medium",
  description: "A Cluster must back up by a plugin: the operator's own support for Barman Cloud is being removed.",
  fix: "use spec.plugins with barman-cloud.cloudnative-pg.io and an ObjectStore",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge({ body }) {
    const paths = [
      ["spec", "backup", "barmanObjectStore"],
      ...list(at(body, "spec", "externalClusters")).map((_, index) => [
        ...["spec", "externalClusters", index],
        "barmanObjectStore",
      ]),
    ];
    return paths
      .filter((path) => isObject(at(body, ...path)))
      .map((path) => ({ path, message: `${path.slice(1).join(".")} is deprecated` }));
  },
};
