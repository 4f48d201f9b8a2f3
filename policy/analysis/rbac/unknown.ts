import { at, type Json } from "../json.ts";
import { isUnknown } from "../unknown.ts";
import type { Source } from "./read.ts";

/** The fields that decide what an object grants, and how deep a value may lie below one. */
const fields = [
  "metadata.name",
  "metadata.namespace",
  "metadata.labels",
  "rules",
  "aggregationRule",
  "roleRef",
  "subjects",
];
const depth = 6;

/** The fields of an RBAC object that decide what it grants and are not known before `up`, in whole or in part. */
export function unknownFields({ body }: Source): string[] {
  return fields.filter((field) => holdsUnknown(at(body, ...field.split(".")), depth));
}

function holdsUnknown(value: Json | undefined, below: number): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null || below === 0) return false;
  return Object.values(value).some((part) => holdsUnknown(part, below - 1));
}
