import { query } from "jsonpath-rfc9535";
import type { Readiness } from "./readiness.ts";
import { at, list, text } from "../objects.ts";
import type { Json, JsonObject } from "../../wire.ts";

/** One expression of the `pulumi.com/waitFor` annotation. */
type Expression = (object: JsonObject) => { ready: boolean; waitingFor: string };

/**
 * Reads a `pulumi.com/waitFor` annotation: `condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a JSON array of them.
 * @throws Error naming what is wrong with an expression
 */
export function waitFor(annotation: string): Readiness {
  const expressions = expressionsOf(annotation).map(parse);
  if (expressions.length === 0) throw new Error("pulumi.com/waitFor: at least one condition must be specified");
  return ({ object }) => {
    const open = expressions.map((expression) => expression(object)).filter(({ ready }) => !ready);
    const waitingFor = open.map((expression) => expression.waitingFor);
    return { ready: open.length === 0, waitingFor: waitingFor.join(", "), problems: waitingFor };
  };
}

function expressionsOf(annotation: string): string[] {
  try {
    const values: unknown = JSON.parse(annotation);
    return Array.isArray(values) ? values.map(String) : [annotation];
  } catch {
    return [annotation];
  }
}

function parse(expression: string): Expression {
  if (expression.startsWith("condition=")) return conditionExpression(expression.slice("condition=".length));
  if (expression.startsWith("jsonpath=")) return jsonPathExpression(expression.slice("jsonpath=".length));
  throw new Error(`pulumi.com/waitFor: expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
}

function conditionExpression(expression: string): Expression {
  const [type = "", status = "True"] = expression.split(/=(.*)/s);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return (object) => {
    const found = list(object, "status", "conditions").find((entry) => same(text(entry, "type"), type));
    const observed = at(found, "observedGeneration") ?? at(object, "status", "observedGeneration");
    const said = text(found, "status");
    return {
      ready: isCurrent(object, observed) && same(said, status),
      waitingFor: `Waiting for condition ${type}=${status}${said === "" ? "" : ` (is ${said}: ${text(found, "message")})`}`,
    };
  };
}

function jsonPathExpression(expression: string): Expression {
  const [, path = "", value] = /^\{\s*(.*?)\s*\}(?:=(.+))?$/s.exec(expression) ?? [];
  if (path === "")
    throw new Error(`pulumi.com/waitFor: format should be {.path}=value or {.path}, got "${expression}"`);
  const root = path.startsWith("$") ? path : `$${path}`;
  query({}, root);
  return (object) => {
    const [found] = query(object, root) as Json[];
    const text = typeof found === "object" ? JSON.stringify(found) : String(found);
    return {
      ready:
        isCurrent(object, at(object, "status", "observedGeneration")) &&
        found !== undefined &&
        (value ?? text) === text,
      waitingFor: `Waiting for ${expression} (found ${found === undefined ? "nothing" : text})`,
    };
  };
}

/** What a controller says of an older generation does not count. */
function isCurrent(object: JsonObject, observed: Json | undefined): boolean {
  const generation = at(object, "metadata", "generation");
  return typeof observed !== "number" || typeof generation !== "number" || observed >= generation;
}
