import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A property value as the engine sends it. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A property bag. */
export interface JsonObject {
  [key: string]: Json;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** What the engine sends for values that are known only after an update: one string for each type of value. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value marked as a secret; one that is marked already stays as it is. */
export function secret(value: Json): JsonObject {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

export function isSecret(value: Json | undefined): value is JsonObject {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function isUnknown(value: Json | undefined): boolean {
  return typeof value === "string" && unknowns.has(value);
}

/** Whether the value, or any value in it, satisfies the test. */
export function contains(value: Json | undefined, test: (value: Json | undefined) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => contains(item, test));
  return isObject(value) && Object.values(value).some((item) => contains(item, test));
}

/** A copy without the marks of secrets, optionally with other keys. */
export function plain(value: Json, rename: (key: string) => string = (key) => key): Json {
  if (isSecret(value)) return plain(value["value"] ?? null, rename);
  if (Array.isArray(value)) return value.map((item) => plain(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), plain(item, rename)]));
}

/** A copy of a property bag without the marks of secrets. */
export function plainObject(value: JsonObject, rename?: (key: string) => string): JsonObject {
  const result = plain(value, rename);
  return isObject(result) ? result : {};
}

/** A copy of `value` in which everything is marked secret that is secret at the same place in `model`. */
export function secretAs(value: JsonObject, model: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const like = model[key];
    if (isObject(item) && isObject(like) && !isSecret(like) && !isSecret(item)) return [key, secretAs(item, like)];
    return [key, contains(like, isSecret) ? secret(item) : item];
  });
  return Object.fromEntries(entries);
}

export function fromStruct(struct: Struct | undefined): JsonObject {
  return struct?.toJavaScript() ?? {};
}

export function toStruct(value: JsonObject): Struct {
  return structs.Struct.fromJavaScript(value);
}
