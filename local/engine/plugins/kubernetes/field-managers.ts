import { CREATE_MANAGER } from "./cluster.ts";
import { at, list, text } from "./objects.ts";
import { isObject, type Json, type JsonObject } from "../wire.ts";

/** Earlier owners whose fields are the program's, by how they begin: what was created by POST, or written with kubectl. */
const predecessors = [
  `Update/${CREATE_MANAGER}`,
  "Update/pulumi-resource-kubernetes",
  "Update/before-first-apply",
  "Update/kubectl",
  "Apply/kubectl",
];

/** Whether the fields that a create has set still belong to the create. */
export function isCreatorsOwn(live: JsonObject): boolean {
  return list(live, "metadata", "managedFields").some((entry) => key(entry) === `Update/${CREATE_MANAGER}`);
}

/**
 * The JSON patch that hands the predecessors' fields to `manager`; empty where there are none. Without it, server-side apply
 * would see a conflict in every changed field, and would leave behind every removed one.
 */
export function takeover(live: JsonObject, manager: string): Json[] {
  const entries = list(live, "metadata", "managedFields").filter(isObject);
  const own = `Apply/${manager}`;
  const isInherited = (entry: JsonObject) =>
    predecessors.some((beginning) => key(entry).startsWith(beginning)) && text(entry, "subresource") === "";
  const inherited = entries.filter(isInherited);
  const [first] = inherited;
  if (first === undefined) return [];
  const ours = [...entries.filter((entry) => key(entry) === own), ...inherited];
  const fieldsV1 = ours.reduce<JsonObject>((union, entry) => merge(union, at(entry, "fieldsV1") ?? {}), {});
  const others = entries.filter((entry) => !ours.includes(entry));
  return [
    { op: "test", path: "/metadata/resourceVersion", value: text(live, "metadata", "resourceVersion") },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [...others, { ...first, manager, operation: "Apply", fieldsV1 }],
    },
  ];
}

function key(entry: Json): string {
  return `${text(entry, "operation")}/${text(entry, "manager")}`;
}

function merge(a: JsonObject, b: Json): JsonObject {
  if (!isObject(b)) return a;
  const merged = Object.entries(b).map(([field, value]): [string, Json] => {
    const known = a[field];
    return [field, isObject(known) ? merge(known, value) : value];
  });
  return { ...a, ...Object.fromEntries(merged) };
}
