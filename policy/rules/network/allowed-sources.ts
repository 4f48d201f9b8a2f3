import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import { holds } from "../../analysis/network/cidr.ts";
import type { AccessRow } from "../../analysis/access/index.ts";
import { list, object, stringMap, text, type Json, type JsonObject } from "../../analysis/json.ts";

/** A range as NetworkPolicies have it: an address, and how many of its bits count. */
export const cidrPattern = "^[0-9a-fA-F.:]+/[0-9]{1,3}$";

/** What a Cluster cannot declare by itself: a line of pg_hba names pods of its own namespace, and nobody on other ports. */
export const allowedSourcesParameter: PolicyConfigJSONSchema = {
  type: "array",
  description: "Who else may reach a database: pods of a namespace, all of them or those with labels, or addresses",
  default: [],
  items: {
    type: "object",
    required: ["reason"],
    minProperties: 2,
    additionalProperties: false,
    properties: {
      namespace: { type: "string", minLength: 1 },
      podLabels: { type: "object", additionalProperties: { type: "string" } },
      cidr: { type: "string", pattern: cidrPattern },
      ports: { type: "array", items: { type: "integer" }, description: "Left out: all of the database's ports" },
      reason: { type: "string", minLength: 10, description: "What they need it for; for whoever reads the profile" },
    },
  },
};

/** Whether the parameter names the source of a row, for its port. */
export function isAllowed({ source, port }: AccessRow, parameters: JsonObject): boolean {
  return list(parameters["allowedSources"]).some((allowed) => {
    const { namespace, cidr, ports } = object(allowed);
    if (ports !== undefined && !list(ports).includes(port)) return false;
    if (cidr !== undefined) return source.cidr !== undefined && holds(text(cidr) ?? "", source.cidr);
    const asked = new Set((source.selector ?? "").split(","));
    return text(namespace) === source.namespace && labelsOf(allowed).every((label) => asked.has(label));
  });
}

function labelsOf(allowed: Json): string[] {
  return Object.entries(stringMap(object(allowed)["podLabels"])).map(([key, value]) => `${key}=${value}`);
}
