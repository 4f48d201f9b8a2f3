import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import type { Json, JsonObject } from "../analysis/json.ts";
import type { Description } from "./rule.ts";

const exemptions: PolicyConfigJSONSchema = {
  type: "array",
  description:
    "What the rule leaves alone: everything in a namespace, or resources by URN (in manifests: `Kind namespace/name`), " +
    "where * stands for anything",
  default: [],
  items: {
    type: "object",
    required: ["reason"],
    minProperties: 2,
    additionalProperties: false,
    properties: {
      namespace: { type: "string", minLength: 1 },
      urn: { type: "string", minLength: 1 },
      reason: { type: "string", minLength: 10, description: "Why this is no risk; for whoever reads the profile" },
    },
  },
};

/** The JSON Schema of everything that may be set for a rule, its level aside. */
export function parameterSchemas({ parameters }: Description): Record<string, PolicyConfigJSONSchema> {
  return { ...parameters, exemptions };
}

/** What was configured for a rule, with the default of everything that was not. */
export function withDefaults(rule: Description, configured: JsonObject): JsonObject {
  const defaults = Object.entries(parameterSchemas(rule)).flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default as Json] as const],
  );
  return { ...Object.fromEntries(defaults), ...configured };
}
