/** A value as read from a manifest. Nothing about its shape is taken for granted. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A mapping as read from a manifest. */
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The mapping, or an empty one where the value is anything else. */
export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list, or an empty one where the value is anything else. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The string, or undefined where the value is anything else. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * Whether a boolean field is set. Kubernetes' tools read `yes` and `on` as YAML 1.1 does; in quotes the API server refuses them.
 * Source: go.yaml.in/yaml/v2, resolve.go, by way of sigs.k8s.io/yaml.
 */
export function isYes(value: Json | undefined): boolean {
  return value === true || (typeof value === "string" && /^(?:[yY]|[yY]es|YES|[oO]n|ON)$/.test(value));
}

/** The strings of a list; other members are left out. */
export function texts(value: Json | undefined): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** The value at a path of keys and indexes, or undefined where the path leads nowhere. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found = value;
  for (const step of path) {
    if (typeof step === "number") found = list(found)[step];
    else found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** The string-valued entries of a mapping, as labels and annotations are. */
export function stringMap(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object(value)).filter((entry) => typeof entry[1] === "string")) as Record<
    string,
    string
  >;
}

/** A value as a message shows it: scalars as they are, and of anything larger only what it is. */
export function quote(value: Json | undefined): string {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "a mapping" : JSON.stringify(value ?? null);
}
