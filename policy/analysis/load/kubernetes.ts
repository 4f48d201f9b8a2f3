import { at, isObject, list, object, stringMap, text, type Json, type JsonObject } from "../json.ts";
import type { KubeObject, Problem } from "../objects.ts";
import type { SourceDocument } from "./documents.ts";

/** Keys and indexes that lead to a value of a document. */
export type Path = readonly (string | number)[];

/** The kinds without a namespace that the judges read; any other kind without one is taken to be in `default`. */
const clusterScoped = new Set([
  "AdminNetworkPolicy",
  "APIService",
  "BaselineAdminNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
  "ClusterImageCatalog",
  "ClusterNetworkPolicy",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "GlobalNetworkPolicy",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
]);

export function looksLikeObject(value: Json): value is JsonObject {
  return isObject(value) && text(value["kind"]) !== undefined && text(value["apiVersion"]) !== undefined;
}

/** The object at a path of a document; a List (of any kind) gives its items. */
export function kubeObjects(document: SourceDocument, path: Path, file: string, problems: Problem[]): KubeObject[] {
  const value = at(document.value, ...path);
  if (value === undefined || !looksLikeObject(value)) return [];
  const kind = text(value["kind"]) ?? "";
  if (kind.endsWith("List") && Array.isArray(value["items"])) {
    return list(value["items"]).flatMap((item, index) => {
      const typed = typedItem(item, kind, value);
      return typed === undefined ? [] : kubeObject(typed, document, [...path, "items", index], file, problems);
    });
  }
  return kubeObject(value, document, path, file, problems);
}

/** The items of a typed list, as the API server sends it, name neither kind nor apiVersion. */
function typedItem(item: Json, listKind: string, parent: JsonObject): JsonObject | undefined {
  if (!isObject(item)) return undefined;
  const implied = { apiVersion: parent["apiVersion"] ?? "", kind: listKind.slice(0, -"List".length) };
  return listKind === "List" ? item : { ...implied, ...item };
}

function kubeObject(
  body: JsonObject,
  document: SourceDocument,
  path: Path,
  file: string,
  problems: Problem[],
): KubeObject[] {
  const metadata = object(body["metadata"]);
  const kind = text(body["kind"]) ?? "";
  const name = text(metadata["name"]) ?? text(metadata["generateName"]);
  const lineOf = (...below: Path): number => document.lineOf([...path, ...below]);
  if (name === undefined || name === "") {
    problems.push({ file, line: lineOf(), message: `${kind} without metadata.name: it is left out` });
    return [];
  }
  return [
    {
      apiVersion: text(body["apiVersion"]) ?? "",
      kind,
      name,
      namespace: clusterScoped.has(kind) ? "" : (text(metadata["namespace"]) ?? "default"),
      labels: stringMap(metadata["labels"]),
      body,
      position: {
        file,
        get line() {
          return lineOf();
        },
      },
      lineOf,
    },
  ];
}
