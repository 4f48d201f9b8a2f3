import { isObject, type Json } from "./json.ts";

/** What `pulumi preview` writes for a value that is not known before `up`. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key by which a state marks an encrypted value. */
const signatureKey = "4dabf18193072939515e22adb298388d";
/** What a preview prints in place of a secret. */
const withheld = "[secret]";

/** Whether a value is not known at preview, or is a secret that the state holds encrypted: nothing may be decided on it. */
export function isUnknown(value: Json | undefined): boolean {
  if (typeof value === "string") return value === withheld || value.includes(unknownValue);
  return isObject(value) && signatureKey in value;
}

/** Whether a value, or one at most so deep below it, is not known. */
export function holdsUnknown(value: Json | undefined, depth = 32): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null || depth === 0) return false;
  return Object.values(value).some((part) => holdsUnknown(part, depth - 1));
}
