import { randomBytes } from "node:crypto";
import { asObject, normalize } from "./normalize.ts";
import { annotation, at, isBuiltIn, text, withMetadata } from "./objects.ts";
import type { CheckRequest } from "../provider.ts";
import { isObject, type JsonObject } from "../wire.ts";

const AUTONAMED = "pulumi.com/autonamed";

/** Refuses what only the real plugin can do. */
export function refuseUnserved(type: string): void {
  const [, module = "", kind = ""] = type.split(":");
  const reason = unserved(module, kind);
  if (reason !== undefined) throw new Error(`${type}: ${reason}`);
}

/** The object that is to be: in one shape, with a name. */
export function namedObject(request: CheckRequest): JsonObject {
  const object = normalize(asObject(request.news));
  if (text(object, "metadata", "name") !== "") return object;
  if (text(object, "metadata", "generateName") !== "") {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  }
  const olds = asObject(request.olds);
  if (isAutonamed(olds)) return withName(object, text(olds, "metadata", "name"));
  if (request.autonaming.disabled) {
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  }
  return withName(object, request.autonaming.proposed ?? `${request.name}-${randomBytes(4).toString("hex")}`);
}

/** Whether the plugin, not the program, has chosen the object's name. */
export function isAutonamed(object: JsonObject): boolean {
  return annotation(object, "autonamed") === "true";
}

function withName(object: JsonObject, name: string): JsonObject {
  const annotations = at(object, "metadata", "annotations");
  return withMetadata(object, {
    name,
    annotations: { ...(isObject(annotations) && annotations), [AUTONAMED]: "true" },
  });
}

function unserved(module: string, kind: string): string | undefined {
  if (module.startsWith("helm.sh/"))
    return "charts need the real pulumi-resource-kubernetes, and this is a stand-in for it";
  if (kind.endsWith("Patch"))
    return "Patch resources need the real pulumi-resource-kubernetes, and this is a stand-in for it";
  if (kind.endsWith("List") && isBuiltIn({ apiVersion: module.replace(/^core\//, "") })) {
    return "a List is no object of its own: create its items one by one";
  }
  return undefined;
}
