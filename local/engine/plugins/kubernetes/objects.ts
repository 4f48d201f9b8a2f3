import { isObject, type Json, type JsonObject } from "../wire.ts";

/** The value at a path of keys; undefined where the path ends early. */
export function at(object: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/** The string at a path; empty where there is none. */
export function text(object: Json | undefined, ...path: string[]): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

/** The number at a path; `otherwise` where there is none. */
export function number(object: Json | undefined, path: string[], otherwise = 0): number {
  const value = at(object, ...path);
  return typeof value === "number" ? value : otherwise;
}

/** The list at a path; empty where there is none. */
export function list(object: Json | undefined, ...path: string[]): Json[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

/** A copy with the metadata fields set; undefined removes a field. */
export function withMetadata(object: JsonObject, fields: Record<string, Json | undefined>): JsonObject {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  return { ...object, metadata: defined({ ...metadata, ...fields }) };
}

/** A copy of the object without undefined fields. */
export function defined(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined));
}

/** A copy of the object without the fields. */
export function without(object: JsonObject, ...fields: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}

/** The value of one of the plugin's own annotations, such as `skipAwait`. */
export function annotation(object: JsonObject, name: string): string {
  return text(object, "metadata", "annotations", `pulumi.com/${name}`);
}

/** The API group; empty for the core group. */
export function groupOf(object: JsonObject): string {
  const apiVersion = text(object, "apiVersion");
  return apiVersion.includes("/") ? apiVersion.replace(/\/.*$/, "") : "";
}

/** Whether the kind comes with Kubernetes itself rather than from a CustomResourceDefinition. */
export function isBuiltIn(object: JsonObject): boolean {
  const group = groupOf(object);
  return ["", "apps", "autoscaling", "batch", "policy"].includes(group) || /^[a-z.]*\.?k8s\.io$/.test(group);
}

/** `apiVersion/kind`, as the tables of kinds name them. */
export function kindOf(object: JsonObject): string {
  return `${text(object, "apiVersion")}/${text(object, "kind")}`;
}

/** The plugin's id of an object: `namespace/name`, or `name` where there is no namespace. */
export function idOf(object: JsonObject): string {
  const [namespace, name] = [text(object, "metadata", "namespace"), text(object, "metadata", "name")];
  return namespace === "" ? name : `${namespace}/${name}`;
}
