import { isObject, type Json, type JsonObject } from "../json.ts";
import type { KubeObject } from "../objects.ts";
import { unknownValue } from "../unknown.ts";

/** Maps of strings: whether null leaves a label out or makes it empty depends on how the object is sent. */
const stringMaps = new Set(["labels", "annotations", "matchLabels", "nodeSelector"]);
/** No field that the judges read lies deeper. */
const deepest = 64;

/**
 * An object as the API server decodes it: a field that is null is not there. Whoever templates manifests writes many.
 * Source: encoding/json, Unmarshal; for custom resources apiextensions/v1, "Defaulting and Nullable".
 */
export function withoutNulls(object: KubeObject): KubeObject {
  const body = cleared(object.body, deepest) as JsonObject;
  return body === object.body ? object : { ...object, body };
}

function cleared(value: Json, depth: number): Json {
  if (depth === 0) return value;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const kept = items.map((item) => cleared(item, depth - 1));
    return kept.every((item, index) => item === items[index]) ? items : kept;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([key, field]): [string, Json][] => {
    if (field === null) return [];
    if (stringMaps.has(key) && isObject(field)) return [[key, hidingNulls(field)]];
    return [[key, cleared(field, depth - 1)]];
  });
  const unchanged = kept.length === entries.length && kept.every(([key, field]) => field === value[key]);
  return unchanged ? value : Object.fromEntries(kept);
}

function hidingNulls(map: JsonObject): JsonObject {
  const entries = Object.entries(map);
  if (!entries.some(([, text]) => text === null)) return map;
  return Object.fromEntries(entries.map(([key, text]) => [key, text ?? unknownValue]));
}
