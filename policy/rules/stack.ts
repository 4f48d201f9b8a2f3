import { access, type AccessTable } from "../analysis/access/index.ts";
import { groupBy } from "../analysis/group-by.ts";
import { at, isObject, stringMap, type JsonObject } from "../analysis/json.ts";
import type { EngineName } from "../analysis/network/reach.ts";
import { groupOf, type KubeObject, type Problem } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";

/** Everything that a program, a preview, a state or some manifests want to have. */
export interface Stack {
  readonly resources: readonly Resource[];
  /** The Kubernetes objects in them, each once, with what patches set. */
  readonly objects: readonly KubeObject[];
  /** Who gets to the databases, as `guard access` says; worked out once for an engine and the addresses of pods. */
  readonly access: (engine: EngineName, podCidrs?: readonly string[]) => StackAccess;
  /** The resource that an object came with. */
  readonly resourceOf: (object: KubeObject) => Resource | undefined;
}

export interface StackAccess extends AccessTable {
  readonly problems: readonly Problem[];
}

export function stackOf(resources: readonly Resource[]): Stack {
  const objects = mergedObjects(resources);
  const tables = new Map<string, StackAccess>();
  const owners = new Map(resources.flatMap((resource) => resource.objects.map((object) => [keyOf(object), resource])));
  return {
    resources,
    objects,
    resourceOf: (object) => owners.get(keyOf(object)),
    access(engine, podCidrs = []) {
      const key = [engine, ...podCidrs].join(" ");
      const known = tables.get(key);
      if (known !== undefined) return known;
      const problems: Problem[] = [];
      const table = { ...access(objects, engine, problems, podCidrs), problems };
      tables.set(key, table);
      return table;
    },
  };
}

function keyOf(object: KubeObject): string {
  return [groupOf(object), object.kind, object.namespace, object.name].join("\n");
}

/** Of an object given twice the last one stays; what a patch sets goes over the object that it names. */
function mergedObjects(resources: readonly Resource[]): KubeObject[] {
  const given = resources.flatMap(({ objects, patch }) => objects.map((object) => ({ object, patch })));
  return [...groupBy(given, ({ object }) => keyOf(object)).values()].flatMap((same) => {
    const whole = same.filter(({ patch }) => !patch).at(-1);
    const patches = same.filter(({ patch }) => patch);
    const first = whole ?? patches.shift();
    return first === undefined ? [] : [patches.reduce((merged, { object }) => patched(merged, object), first.object)];
  });
}

function patched(object: KubeObject, patch: KubeObject): KubeObject {
  const body = merged(object.body, patch.body);
  return { ...object, body, labels: stringMap(at(body, "metadata", "labels")) };
}

function merged(into: JsonObject, from: JsonObject): JsonObject {
  const entries = Object.entries(from).map(([key, value]) => {
    const before = into[key];
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value] as const;
  });
  return { ...into, ...Object.fromEntries(entries) };
}
