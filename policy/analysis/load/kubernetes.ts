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

/** What is read from, and where it is said what could not be. */
interface Reading {
  readonly document: SourceDocument;
  readonly file: string;
  readonly problems: Problem[];
}

/** So many lists in lists are read. kubectl prints one; nobody writes more than a few. */
const maxDepth = 16;

/** The object at a path of a document; a List (of any kind) gives its items, and the items of lists among them. */
export function kubeObjects(document: SourceDocument, path: Path, file: string, problems: Problem[]): KubeObject[] {
  const value = at(document.value, ...path);
  return value === undefined ? [] : objectsIn(value, path, { document, file, problems }, maxDepth);
}

function objectsIn(value: Json, path: Path, reading: Reading, depth: number): KubeObject[] {
  const unread = (message: string) => {
    reading.problems.push({ file: reading.file, line: reading.document.lineOf(path), message, unread: true });
    return [];
  };
  if (!looksLikeObject(value)) return unread(`${placeOf(path)} is no Kubernetes object: it is left out`);
  const kind = text(value["kind"]) ?? "";
  if (isList(value, kind)) {
    if (depth === 0) return unread("lists in lists, nested too deeply: what they hold is left out");
    return list(value["items"]).flatMap((item, index) =>
      objectsIn(typedItem(item, kind, value), [...path, "items", index], reading, depth - 1),
    );
  }
  const name = nameOf(value, path, reading);
  if (name === undefined) return unread(`${kind} without metadata.name: it is left out`);
  return [kubeObject(value, name, path, reading)];
}

function isList(value: JsonObject, kind: string): boolean {
  return kind.endsWith("List") && (Array.isArray(value["items"]) || value["items"] === null);
}

/** The items of a typed list, as the API server sends it, name neither kind nor apiVersion. */
function typedItem(item: Json, listKind: string, parent: JsonObject): Json {
  if (!isObject(item) || listKind === "List") return item;
  return { apiVersion: parent["apiVersion"] ?? "", kind: listKind.slice(0, -"List".length), ...item };
}

/** `items[0].items[1]`, as people write a path. */
function placeOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${String(step)}]` : `${index > 0 ? "." : ""}${step}`))
    .join("");
}

/**
 * The name of an object. One with a generateName gets its name from the API server, and no other object has it: it is
 * told apart by where it stands, in a form that no name has.
 */
function nameOf(body: JsonObject, path: Path, { document, file }: Reading): string | undefined {
  const { name, generateName } = object(body["metadata"]);
  if (typeof name === "string" && name !== "") return name;
  if (typeof generateName !== "string" || generateName === "") return undefined;
  return `${generateName}(${[file, document.lineOf(path), ...path].join(":")})`;
}

function kubeObject(body: JsonObject, name: string, path: Path, { document, file }: Reading): KubeObject {
  const metadata = object(body["metadata"]);
  const kind = text(body["kind"]) ?? "";
  const lineOf = (...below: Path): number => document.lineOf([...path, ...below]);
  return {
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
  };
}
