import { at, quote } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

const path = ["spec", "enableSuperuserAccess"];

/** Whoever reads the Secret of postgres holds every database, and by COPY ... PROGRAM what the instance may do in Kubernetes. */
export const superuserAccessOff: ObjectRule = {
  scope: "object",
  name: "superuser-access-off",
  level: "mandatory",
  severity: "high",
  description: "The superuser of a Cluster must have no password.",
  fix: "leave out spec.enableSuperuserAccess, and use kubectl cnpg psql where a superuser is needed",
  url: "https://cloudnative-pg.io/documentation/current/security/#postgresql",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge({ body }) {
    const value = at(body, ...path);
    if (value === undefined || value === null || value === false) return [];
    return [{ path, message: `enableSuperuserAccess is ${isUnknown(value) ? "not known before up" : quote(value)}` }];
  },
};
