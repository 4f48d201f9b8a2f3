import { at } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";

const path = ["spec", "walStorage"];

/** WAL that nobody fetches fills its volume: on one of its own, the data and the way back survive. */
export const walVolume: ObjectRule = {
  scope: "object",
  name: "wal-volume",
  level: "mandatory",
  severity: "medium",
  description: "A production Cluster must keep its WAL on a volume of its own.",
  fix: "set spec.walStorage.size; the volume can be added later, but not removed",
  url: "https://cloudnative-pg.io/documentation/current/storage/#volume-for-wal",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge({ body }, { resource }) {
    const volume = at(body, ...path);
    if (volume === undefined ? resource.patch : volume !== null) return [];
    return [{ path, message: "the WAL shares the volume of the data" }];
  },
};
