import { at, groupOf, kindOf, text, without } from "./objects.ts";
import { contains, isObject, isUnknown, plainObject, secret, secretAs, type JsonObject } from "../wire.ts";

const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** Names that the program writes with underscores and Kubernetes with dashes. */
const dashed = new Map(
  [
    "embedded_resource",
    "int_or_string",
    "list_map_keys",
    "list_type",
    "map_type",
    "preserve_unknown_fields",
    "validations",
  ].map((name) => [`x_kubernetes_${name}`, `x-kubernetes-${name.replaceAll("_", "-")}`]),
);
const underscored = new Map([...dashed].map(([underscore, dash]) => [dash, underscore]));

/** The object that Kubernetes is to get: no marks of secrets, Kubernetes' own field names. */
export function asObject(properties: JsonObject): JsonObject {
  return plainObject(properties, (key) => dashed.get(key) ?? key);
}

/** The field names that the program knows. */
export function asProperties(object: JsonObject): JsonObject {
  return plainObject(object, (key) => underscored.get(key) ?? key);
}

/** Brings inputs that mean the same into the same shape, as the API server would store them. */
export function normalize(object: JsonObject): JsonObject {
  const normal = contains(object, isUnknown) ? object : withoutSurprises(object);
  const metadata = at(normal, "metadata");
  if (!isObject(metadata)) return normal;
  return { ...normal, metadata: without(metadata, ...readOnlyMetadata) };
}

/** Marks what is secret in the program's inputs, and all data of a Secret. */
export function markSecrets(object: JsonObject, inputs: JsonObject): JsonObject {
  if (text(object, "kind") !== "Secret" || groupOf(object) !== "") return secretAs(object, inputs);
  const { data, stringData } = object;
  return {
    ...object,
    ...(data !== undefined && { data: secret(data) }),
    ...(stringData !== undefined && { stringData: secret(stringData) }),
  };
}

function withoutSurprises(object: JsonObject): JsonObject {
  if (kindOf(object) === "v1/Secret") return secretWithData(object);
  if (kindOf(object) === "apiextensions.k8s.io/v1/CustomResourceDefinition") {
    return without(object, "status");
  }
  return object;
}

/** The API server moves `stringData` into `data`, and encodes all data anew. */
function secretWithData(object: JsonObject): JsonObject {
  const { stringData, data } = object;
  if (stringData === undefined && data === undefined) return object;
  const encoded = Object.entries(isObject(data) ? data : {}).map(([key, value]): [string, typeof value] => [
    key,
    typeof value === "string" ? Buffer.from(value, "base64").toString("base64") : value,
  ]);
  const texts = Object.entries(isObject(stringData) ? stringData : {}).map(([key, value]): [string, string] => [
    key,
    Buffer.from(typeof value === "string" ? value : "").toString("base64"),
  ]);
  return { ...without(object, "stringData"), data: Object.fromEntries([...encoded, ...texts]) };
}
