import { at, object, text, type Json, type JsonObject } from "./json.ts";
import type { SourceDocument } from "./load/documents.ts";
import { kubeObjects, looksLikeObject, type Path } from "./load/kubernetes.ts";
import type { KubeObject, Position, Problem } from "./objects.ts";
import { readToken } from "./type-token.ts";

/** Something that somebody wants to have: a Kubernetes object, or anything else that a program registers. */
export interface Resource {
  /** Pulumi's type token; for a manifest, the one that Pulumi would give it. */
  readonly type: string;
  /** The name in the program; for a manifest, the object's. */
  readonly name: string;
  /** Empty for a manifest. */
  readonly urn: string;
  /** What is wanted; a value that is not known yet is marked as unknown.ts tells. */
  readonly properties: JsonObject;
  /** Whether Pulumi refuses to delete it; undefined where the input does not tell. */
  readonly protect: boolean | undefined;
  /** The URNs of the resources that a property's value was made of, by property; undefined where the input does not tell. */
  readonly references: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether it sets only some fields of an object that may exist already. */
  readonly patch: boolean;
  /** The Kubernetes objects in it: one, those of a list, or none. */
  readonly objects: readonly KubeObject[];
  readonly position: Position;
  readonly lineOf: KubeObject["lineOf"];
}

/** What an engine, a preview or a state says of a resource besides its properties. */
export type Registration = Pick<Resource, "type" | "name" | "urn" | "protect" | "references">;

/** A resource whose properties stand at a path of a document. Some SDKs leave apiVersion and kind to the type token. */
export function resourceAt(
  document: SourceDocument,
  path: Path,
  registration: Registration,
  file: string,
  problems: Problem[],
): Resource {
  const properties = object(at(document.value, ...path));
  const token = readToken(registration.type);
  const lineOf = (...below: Path) => document.lineOf([...path, ...below]);
  return {
    ...registration,
    properties,
    patch: token?.patch ?? false,
    objects:
      token === undefined || !isOfKubernetes(registration.type, properties)
        ? []
        : objectsIn(token, properties, { ...document, lineOf }, file, problems),
    position: positionOf(file, lineOf),
    lineOf,
  };
}

/** Types of other providers may look the same (`azure-native:network/v20230101:Subnet`); they have no metadata. */
function isOfKubernetes(type: string, properties: JsonObject): boolean {
  return type.startsWith("kubernetes:") || "metadata" in properties || "items" in properties;
}

function objectsIn(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  properties: JsonObject,
  { lineOf }: { lineOf: KubeObject["lineOf"] },
  file: string,
  problems: Problem[],
): readonly KubeObject[] {
  const value: Json = looksLikeObject(properties) ? properties : Object.assign({}, properties, { apiVersion, kind });
  return kubeObjects({ value, lineOf: (path) => lineOf(...path) }, [], file, problems);
}

/** The resource that Pulumi would make of a manifest. */
export function resourceOfObject(one: KubeObject): Resource {
  const apiVersion = one.apiVersion.includes("/") ? one.apiVersion : `core/${one.apiVersion}`;
  return {
    type: `kubernetes:${apiVersion}:${one.kind}`,
    name: text(at(one.body, "metadata", "name")) ?? one.name,
    urn: "",
    properties: one.body,
    protect: undefined,
    references: undefined,
    patch: false,
    objects: [one],
    position: one.position,
    lineOf: one.lineOf,
  };
}

function positionOf(file: string, lineOf: () => number): Position {
  return {
    file,
    get line() {
      return lineOf();
    },
  };
}
