import { isObject, list, type Json, type JsonObject } from "../json.ts";

/** Takes a reason why the API server refuses an object. */
export type Refuse = (reason: string) => void;

/** A list of strings as the API server decodes it: missing and null are empty, a null member is an empty string. */
export function strings(value: Json | undefined, field: string, refuse: Refuse): readonly string[] {
  return members(value, field, refuse).map((item, index) => string(item, `${field}[${String(index)}]`, refuse));
}

/** A string as the API server decodes it. */
export function string(value: Json | undefined, field: string, refuse: Refuse): string {
  if (typeof value === "string") return value;
  if (value !== undefined && value !== null) refuse(`${field} is ${JSON.stringify(value)}, not a string`);
  return "";
}

/** A list of mappings; a null member is an empty one. */
export function objects(value: Json | undefined, field: string, refuse: Refuse): readonly JsonObject[] {
  return members(value, field, refuse).map((item, index) => object(item, `${field}[${String(index)}]`, refuse));
}

/** A mapping; missing and null are empty. */
export function object(value: Json | undefined, field: string, refuse: Refuse): JsonObject {
  if (isObject(value)) return value;
  if (value !== undefined && value !== null) refuse(`${field} is no mapping`);
  return {};
}

/** A mapping of strings, as labels are. */
export function stringMap(value: Json | undefined, field: string, refuse: Refuse): Readonly<Record<string, string>> {
  const entries = Object.entries(object(value, field, refuse));
  return Object.fromEntries(entries.map(([key, item]) => [key, string(item, `${field}.${key}`, refuse)]));
}

function members(value: Json | undefined, field: string, refuse: Refuse): readonly Json[] {
  if (value !== undefined && value !== null && !Array.isArray(value)) refuse(`${field} is no list`);
  return list(value);
}
