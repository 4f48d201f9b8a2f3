import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isObject, text, type Json } from "../json.ts";
import type { KubeObject, Problem } from "../objects.ts";
import { resourceOfObject, type Resource } from "../resources.ts";
import { readDocuments, type SourceDocument } from "./documents.ts";
import { objectsInForce } from "./in-force.ts";
import { kubeObjects, looksLikeObject } from "./kubernetes.ts";
import { isPulumi, pulumiResources } from "./pulumi.ts";
import { readFile } from "./read-file.ts";

/** What a set of inputs holds. */
export interface Manifests {
  /** Every resource, as often as it is given. */
  readonly resources: readonly Resource[];
  /** The Kubernetes objects among them, each once, with what patches set. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

export { maxFileSize } from "./read-file.ts";

/** Reads manifests, previews and states from files, from directories and, for `-`, from standard input. */
export function loadManifests(paths: readonly string[]): Manifests {
  const parts = paths.flatMap((path) => readPath(path));
  const resources = parts.flatMap((part) => part.resources);
  const problems = parts.flatMap((part) => part.problems);
  return { resources, objects: objectsInForce(resources, problems), problems };
}

/**
 * The Kubernetes objects in plain values, as a program renders them or a library has parsed them: objects, lists of them,
 * previews and states. Fields that are undefined count as absent. A problem names the value by its place, from 1.
 */
export function objectsOf(values: readonly object[], problems: Problem[]): readonly KubeObject[] {
  const documents = JSON.parse(JSON.stringify(values)) as readonly Json[];
  const resources = documents.flatMap((value, index) =>
    documentResources({ value, lineOf: () => 1 }, `object ${String(index + 1)}`, problems),
  );
  return objectsInForce(resources, problems);
}

/** The resources and Kubernetes objects in the text of one file; of objects given twice the last one, without a word. */
export function parseManifests(text: string, file: string): Manifests {
  const { resources, problems } = parseFile(text, file);
  return { resources, objects: objectsInForce(resources, []), problems };
}

/** What one file holds. */
type Part = Pick<Manifests, "resources" | "problems">;

function parseFile(text: string, file: string): Part {
  const { documents, problems } = readDocuments(text, file);
  return { resources: documents.flatMap((document) => documentResources(document, file, problems)), problems };
}

function documentResources(document: SourceDocument, file: string, problems: Problem[]): Resource[] {
  if (document.value === null) return [];
  if (isPulumi(document.value)) return pulumiResources(document, file, problems);
  if (looksLikeObject(document.value)) return kubeObjects(document, [], file, problems).map(resourceOfObject);
  problems.push({ file, line: document.lineOf([]), ...notAnObject(document.value) });
  return [];
}

/** A mapping with neither apiVersion nor kind, such as the values of a chart, is meant for somebody else. */
function notAnObject(value: Json): Pick<Problem, "message" | "unread"> {
  if (!isObject(value)) return { message: "not a Kubernetes object, but a list or a text", unread: true };
  const missing = ["apiVersion", "kind"].filter((field) => text(value[field]) === undefined);
  const message = `not a Kubernetes object: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`;
  return missing.length > 1 ? { message } : { message, unread: true };
}

/** What is found in a directory, and not named by anybody, is only read where that ends: a pipe waits for its writer. */
function readPath(path: string, isNamed = true): Part[] {
  try {
    const stat = path === "-" ? undefined : statSync(path);
    if (stat?.isDirectory()) return directoryFiles(path).flatMap((found) => readPath(found, false));
    if (!isNamed && !stat?.isFile()) return [];
    return [parseFile(readFile(path).toString(), path)];
  } catch (error) {
    return [unreadable(path, error instanceof Error ? error.message : String(error))];
  }
}

function directoryFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .filter((entry) => entry.isDirectory() || /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(directory, entry.name))
    .sort();
}

function unreadable(file: string, message: string): Part {
  return { resources: [], problems: [{ file, line: 1, message, unread: true }] };
}
