import { at } from "../json.ts";
import { holdsUnknown } from "../unknown.ts";
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
