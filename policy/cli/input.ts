import { loadManifests } from "../analysis/load/index.ts";
import { readFile } from "../analysis/load/read-file.ts";
import type { Json } from "../analysis/json.ts";
import type { KubeObject, Problem } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";
import { UsageError } from "./usage-error.ts";

/** What the judges are asked about, and what of it they cannot see. */
export interface Input<T> {
  readonly items: readonly T[];
  /** What is wrong with the input. */
  readonly problems: readonly Problem[];
  /** Those of the problems that hide a part of it. */
  readonly unread: readonly Problem[];
}

/**
 * Reads the objects of a command's inputs and says on standard error what could not be read.
 * @throws UsageError where there is nothing to judge
 */
export function readObjects(files: readonly string[]): Input<KubeObject> {
  const { objects, problems } = loadManifests(files);
  report(problems);
  if (objects.length === 0) {
    throw new UsageError(
      `no Kubernetes object in ${files.join(", ")}: expected manifests, a preview or a stack export`,
    );
  }
  return { items: objects, ...told(problems) };
}

/**
 * Reads everything that a command's inputs want to have, Kubernetes objects and others, and says on standard error what
 * could not be read.
 * @throws UsageError where there is nothing to judge
 */
export function readResources(files: readonly string[]): Input<Resource> {
  const { resources, problems } = loadManifests(files);
  report(problems);
  if (resources.length === 0) {
    throw new UsageError(`no resource in ${files.join(", ")}: expected manifests, a preview or a stack export`);
  }
  return { items: resources, ...told(problems) };
}

function told(problems: readonly Problem[]): Omit<Input<unknown>, "items"> {
  return { problems, unread: problems.filter(({ unread }) => unread) };
}

/** Says on standard error what is wrong with the input, one line each. */
export function report(problems: readonly Problem[]): void {
  const lines = problems.map(({ file, line, message }) => `${file}:${String(line)}: ${message}\n`);
  process.stderr.write([...new Set(lines)].join(""));
}

/** The bytes of a file, or of standard input for `-`. */
export function readBytes(path: string): Buffer {
  try {
    return readFile(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The JSON in a file, or in standard input for `-`. */
export function readJson(path: string): Json {
  try {
    return JSON.parse(readBytes(path).toString()) as Json;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
