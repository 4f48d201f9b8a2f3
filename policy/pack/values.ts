import type { Json } from "../analysis/json.ts";
import { unknownValue } from "../analysis/unknown.ts";
import { UnknownValueError } from "./unknown-value-error.ts";

/**
 * What the engine sent, as plain values. The SDK hands properties over so that reading one which is not known before `up`
 * throws, and with it goes everything else that a rule could say: here each such value is marked, and the others stay.
 */
export function plainValue(value: unknown): Json {
  if (Array.isArray(value)) return Array.from(value, (_, index) => known(() => value[index] as unknown));
  if (typeof value === "object" && value !== null) {
    const from = value as Record<string, unknown>;
    return Object.fromEntries(Object.keys(from).map((key) => [key, known(() => from[key])]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function known(read: () => unknown): Json {
  try {
    return plainValue(read());
  } catch (error) {
    if (error instanceof UnknownValueError) return unknownValue;
    throw error;
  }
}
