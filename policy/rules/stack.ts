import { access, type AccessTable } from "../analysis/access/index.ts";
import { objectsInForce } from "../analysis/load/in-force.ts";
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
  const objects = objectsInForce(resources, []);
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
