import type { Json } from "../analysis/json.ts";
import { unknownValue } from "../analysis/unknown.ts";

/** The engine's marks for values of each type that are not known before `up`: pulumi's sdk/go/common/resource/plugin/rpc.go. */
const unknownValues = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknownValue,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What the engine sent, as plain values: those not known yet with the one mark of unknown.ts, secrets without their envelope. */
export function plainValue(value: unknown): Json {
  if (typeof value === "string") return unknownValues.has(value) ? unknownValue : value;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  if (fields[signatureKey] === secretSignature) return plainValue(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plainValue(field)]));
}
