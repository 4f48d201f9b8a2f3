import { at, quote } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

const path = ["spec", "instances"];

/** With three, a standby is left to confirm commits, and to take over, while another one is being replaced. */
export const enoughInstances: ObjectRule = {
  scope: "object",
  name: "enough-instances",
  level: "mandatory",
  severity: "medium",
  description: "A production Cluster must have enough instances to lose one and still have a standby.",
  fix: "set spec.instances to 3",
  url: "https://cloudnative-pg.io/documentation/current/architecture/",
  parameters: {
    minimum: { type: "integer", minimum: 1, default: 3, description: "How many instances are enough" },
  },
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge({ body }, { parameters, resource }) {
    const instances = at(body, ...path);
    if (isUnknown(instances)) return [{ path, message: "instances is not known before up", undecided: true }];
    if (instances === undefined && resource.patch) return [];
    if (typeof instances === "number" && instances >= Number(parameters["minimum"])) return [];
    return [
      { path, message: instances === undefined ? "instances is 1 by default" : `instances is ${quote(instances)}` },
    ];
  },
};
