import { Ajv, type ErrorObject } from "ajv";
import { isObject, quote, type Json, type JsonObject } from "../analysis/json.ts";
import { everyRule, levelKey, levels, unknownNames } from "../rules/configuration.ts";
import { parameterSchemas } from "../rules/parameters.ts";
import type { Rule } from "../rules/rule.ts";
import { readJson } from "./input.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The configuration of the rules in a file.
 * @throws UsageError that lists everything that is wrong with it
 */
export function readConfiguration(path: string, rules: readonly Rule[]): JsonObject {
  const configuration = readJson(path);
  if (!isObject(configuration)) {
    throw new UsageError(
      `${path}: got ${quote(configuration)}, expected levels and parameters of the rules by their names`,
    );
  }
  const problems = [...unknownNames(configuration, rules), ...wrongValues(configuration, rules)];
  if (problems.length > 0) throw new UsageError([`${path} configures the rules wrongly:`, ...problems].join("\n  "));
  return configuration;
}

function wrongValues(configuration: JsonObject, rules: readonly Rule[]): readonly string[] {
  const concerned = rules.filter(({ name }) => Object.hasOwn(configuration, name));
  const properties = concerned.map((rule) => [rule.name, settingsSchema(parameterSchemas(rule))] as const);
  const schema = { type: "object", properties: { [everyRule]: settingsSchema({}), ...Object.fromEntries(properties) } };
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema);
  validate(configuration);
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(inWords);
}

function settingsSchema(parameters: Record<string, object>): object {
  const level = { type: "string", enum: levels };
  return {
    if: { type: "string" },
    then: level,
    else: { type: "object", properties: { [levelKey]: level, ...parameters } },
  };
}

function inWords({ instancePath, keyword, params, data, message = "" }: ErrorObject): string {
  const path = instancePath.split("/").slice(1);
  return `${path.join(".")}: got ${quote(data as Json)}, ${expectation(keyword, params, path.length) ?? message}`;
}

function expectation(keyword: string, params: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  if (keyword === "additionalProperties") return `there is no field ${String(params["additionalProperty"])}`;
  if (keyword === "minProperties") return `expected at least ${String(params["limit"])} fields`;
  if (keyword === "minLength") return `expected at least ${String(params["limit"])} characters`;
  if (keyword === "pattern") return `expected a text that matches ${String(params["pattern"])}`;
  if (keyword === "enum") return `expected ${(params["allowedValues"] as Json[]).map(quote).join(" or ")}`;
  if (keyword !== "type") return undefined;
  if (depth === 1) return `expected a level or an object such as {"${levelKey}": "advisory"}`;
  return `expected ${[params["type"] as string | string[]].flat().join(" or ")}`;
}
