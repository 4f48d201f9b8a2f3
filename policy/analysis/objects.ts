import type { JsonObject } from "./json.ts";

/** Where something was read. */
export interface Position {
  /** The path as given on the command line or found below it; `-` is standard input. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** One Kubernetes object as somebody wants it, whatever it was read from. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** `default` where a namespaced object names none; empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The whole object, metadata included. Read it with the accessors of json.ts: its shape is not checked. */
  readonly body: JsonObject;
  readonly position: Position;
  /** The line of a field, or of its nearest known ancestor: `lineOf("spec", "postgresql", "pg_hba", 0)`. */
  readonly lineOf: (...path: readonly (string | number)[]) => number;
}

/** Something that could not be read or decided; the rest of the input still counts. */
export interface Problem extends Position {
  readonly message: string;
  /** Whether a part of the input was not read at all: what it holds, nobody has looked at. */
  readonly unread?: true;
}

/** The API group of an object; empty for the core group. */
export function groupOf(object: KubeObject): string {
  const slash = object.apiVersion.indexOf("/");
  return slash < 0 ? "" : object.apiVersion.slice(0, slash);
}
