import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../group-by.ts";
import type { Json } from "../json.ts";
import { groupOf, type KubeObject, type Problem } from "../objects.ts";
import { resourceOfObject, type Resource } from "../resources.ts";
import { readDocuments, type SourceDocument } from "./documents.ts";
import { kubeObjects, looksLikeObject } from "./kubernetes.ts";
import { isPulumi, pulumiResources } from "./pulumi.ts";
import { readFile } from "./read-file.ts";

/** What a set of inputs holds. */
export interface Manifests {
  /** Every resource, as often as it is given. */
  readonly resources: readonly Resource[];
  /** The Kubernetes objects among them, each once. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

export { maxFileSize } from "./read-file.ts";

/** Reads manifests, previews and states from files, from directories and, for `-`, from standard input. */
export function loadManifests(paths: readonly string[]): Manifests {
  const loaded = paths.flatMap((path) => readPath(path));
  const problems = loaded.flatMap((part) => part.problems);
  return {
    resources: loaded.flatMap((part) => part.resources),
    objects: lastOfEach(
      loaded.flatMap((part) => part.objects),
      problems,
    ),
    problems,
  };
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
  return lastOfEach(
    resources.flatMap(({ objects }) => objects),
    problems,
  );
}

/** An object that is given twice is applied twice: the last one stays. */
function lastOfEach(objects: readonly KubeObject[], problems: Problem[]): KubeObject[] {
  const byId = groupBy(objects, (one) => [groupOf(one), one.kind, one.namespace, one.name].join("\n"));
  return [...byId.values()].flatMap((same) => {
    for (const { kind, namespace, name, position } of same.slice(0, -1)) {
      const title = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
      problems.push({
        file: position.file,
        line: position.line,
        message: `${title} is given again later: this one is left out`,
      });
    }
    return same.slice(-1);
  });
}

/** The resources and Kubernetes objects in the text of one file. */
export function parseManifests(text: string, file: string): Manifests {
  const { documents, problems } = readDocuments(text, file);
  const resources = documents.flatMap((document) => documentResources(document, file, problems));
  return { resources, objects: resources.flatMap(({ objects }) => objects), problems };
}

function documentResources(document: SourceDocument, file: string, problems: Problem[]): Resource[] {
  if (document.value === null) return [];
  if (isPulumi(document.value)) return pulumiResources(document, file, problems);
  if (looksLikeObject(document.value)) return kubeObjects(document, [], file, problems).map(resourceOfObject);
  problems.push({
    file,
    line: document.lineOf([]),
    message: "not a Kubernetes object: apiVersion and kind are missing",
  });
  return [];
}

/** What is found in a directory, and not named by anybody, is only read where that ends: a pipe waits for its writer. */
function readPath(path: string, isNamed = true): Manifests[] {
  try {
    const stat = path === "-" ? undefined : statSync(path);
    if (stat?.isDirectory()) return directoryFiles(path).flatMap((found) => readPath(found, false));
    if (!isNamed && !stat?.isFile()) return [];
    return [parseManifests(readFile(path).toString(), path)];
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

function unreadable(file: string, message: string): Manifests {
  const problem: Problem = { file, line: 1, message, unread: true };
  return { resources: [], objects: [], problems: [problem] };
}
