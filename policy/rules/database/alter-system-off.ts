import { at, quote } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

const path = ["spec", "postgresql", "enableAlterSystem"];

/** What ALTER SYSTEM sets overrides what the Cluster says, on one instance, and outlives every deployment. */
export const alterSystemOff: ObjectRule = {
  scope: "object",
  name: "alter-system-off",
  level: "mandatory",
  severity: "medium",
  description: "ALTER SYSTEM must stay off, so that a Cluster has the settings that its manifest shows.",
  fix: "leave out spec.postgresql.enableAlterSystem, and set spec.postgresql.parameters",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#enabling-alter-system",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge({ body }) {
    const value = at(body, ...path);
    if (value === undefined || value === null || value === false) return [];
    return [{ path, message: `enableAlterSystem is ${isUnknown(value) ? "not known before up" : quote(value)}` }];
  },
};
