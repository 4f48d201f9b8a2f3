import { asObject, asProperties, markSecrets } from "./normalize.ts";
import { text, without } from "./objects.ts";
import { isObject, plainObject, type Json, type JsonObject } from "../wire.ts";

/** What the engine keeps of an object between two deployments, in the same form as the real plugin's. */
export interface Checkpoint {
  /** The program's inputs, as an object for Kubernetes. */
  inputs: JsonObject;
  /** The object as the API server answered. */
  live: JsonObject;
  /** Who owns the object's fields in server-side apply. */
  fieldManager: string;
}

const INPUTS = "__inputs";
const API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";

/** The state to keep; secret where the program's inputs are. */
export function writeCheckpoint({ inputs, live, fieldManager }: Checkpoint, properties: JsonObject): JsonObject {
  return {
    ...markSecrets(asProperties(live), properties),
    [INPUTS]: markSecrets(asProperties(inputs), properties),
    [API_VERSION]: text(inputs, "apiVersion"),
    [FIELD_MANAGER]: fieldManager,
  };
}

export function readCheckpoint(state: JsonObject): Checkpoint {
  const kept = plainObject(state);
  const inputs = kept[INPUTS] ?? null;
  const fieldManager = kept[FIELD_MANAGER];
  return {
    inputs: asObject(isObject(inputs) ? inputs : {}),
    live: asObject(without(kept, INPUTS, API_VERSION, FIELD_MANAGER)),
    fieldManager: typeof fieldManager === "string" ? fieldManager : "",
  };
}

/** The part of the live object that the inputs speak of: what the cluster added is no change. */
export function prune(live: JsonObject, inputs: JsonObject): JsonObject {
  const shared = Object.entries(live).filter(([key]) => key in inputs);
  return Object.fromEntries(shared.map(([key, value]) => [key, pruneValue(value, inputs[key] ?? null)]));
}

function pruneValue(live: Json, input: Json): Json {
  if (isObject(live) && isObject(input)) return prune(live, input);
  if (!Array.isArray(live) || !Array.isArray(input)) return live;
  return live.slice(0, input.length).map((item, index) => pruneValue(item, input[index] ?? null));
}
