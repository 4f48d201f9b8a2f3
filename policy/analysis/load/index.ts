import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../group-by.ts";
import type { Json } from "../json.ts";
import { groupOf, type KubeObject, type Manifests, type Problem } from "../objects.ts";
import { readDocuments, type SourceDocument } from "./documents.ts";
import { kubeObjects, looksLikeObject } from "./kubernetes.ts";
import { isPulumi, pulumiObjects } from "./pulumi.ts";

/** The largest file that is read, in bytes. A pod has no business being megabytes long; a state with thousands may be. */
export const maxFileSize = 64 * 1024 * 1024;

/** Reads manifests, previews and states from files, from directories and, for `-`, from standard input. */
export function loadManifests(paths: readonly string[]): Manifests {
  const loaded = paths.flatMap((path) => readPath(path));
  const problems = loaded.flatMap((part) => part.problems);
  return {
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
  const objects = documents.flatMap((value, index) =>
    documentObjects({ value, lineOf: () => 1 }, `object ${String(index + 1)}`, problems),
  );
  return lastOfEach(objects, problems);
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

/** The Kubernetes objects in the text of one file. */
export function parseManifests(text: string, file: string): Manifests {
  const { documents, problems } = readDocuments(text, file);
  const objects = documents.flatMap((document) => documentObjects(document, file, problems));
  return { objects, problems };
}

function documentObjects(document: SourceDocument, file: string, problems: Problem[]): KubeObject[] {
  if (document.value === null) return [];
  if (isPulumi(document.value)) return pulumiObjects(document, file, problems);
  if (looksLikeObject(document.value)) return kubeObjects(document, [], file, problems);
  problems.push({
    file,
    line: document.lineOf([]),
    message: "not a Kubernetes object: apiVersion and kind are missing",
  });
  return [];
}

function readPath(path: string): Manifests[] {
  try {
    if (path === "-") return [parseManifests(readFileSync(0, "utf8"), path)];
    const stat = statSync(path);
    if (stat.isDirectory()) return directoryFiles(path).flatMap(readPath);
    if (stat.size > maxFileSize) return [unreadable(path, `larger than ${String(maxFileSize / 1024 / 1024)} MiB`)];
    return [parseManifests(readFileSync(path, "utf8"), path)];
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
  const problem: Problem = { file, line: 1, message };
  return { objects: [], problems: [problem] };
}
