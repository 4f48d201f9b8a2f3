import { isObject, type Json } from "./json.ts";

/** What `pulumi preview` writes for a value that is not known before `up`. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key, and its value for a secret, by which the state and the preview mark an encrypted or withheld value. */
const signatureKey = "4dabf18193072939515e22adb298388d";

/** Whether a value is not known at preview, or is a secret that the state holds encrypted: nothing may be decided on it. */
export function isUnknown(value: Json | undefined): boolean {
  return typeof value === "string" ? value.includes(unknownString) : isObject(value) && signatureKey in value;
}
