import { at, list, text } from "../json.ts";
import type { Pod, World } from "../network/model.ts";
import { readPod } from "../network/read-pod.ts";
import { readWorld } from "../network/world.ts";
import { groupOf, type KubeObject, type Problem } from "../objects.ts";

/** A Cluster or a Pooler, in the namespace of what it owns. */
export interface Owner {
  readonly kind: "Cluster" | "Pooler";
  readonly name: string;
}

/** A pod that the operator made. */
export interface OwnedPod extends Pod {
  readonly owner: Owner;
}

/** A world, and those of its pods that the operator made. */
export interface OwnedWorld extends World {
  readonly owned: readonly OwnedPod[];
}

/**
 * Reads a world and tells the operator's pods from all others. Labels do not: whoever makes a pod chooses them, those of
 * the database too, which policies admit by. What the operator makes has an owner.
 */
export function readOwnedWorld(objects: readonly KubeObject[], problems: Problem[]): OwnedWorld {
  const owned = new Map(findOwned(objects));
  const others = owned.size === 0 ? objects : objects.filter((source) => !owned.has(source));
  const pods = [...owned].flatMap(([source, owner]): OwnedPod[] => {
    const pod = readPod(source);
    return pod === undefined ? [] : [{ ...pod, owner }];
  });
  return { ...readWorld(others, problems, pods), owned: pods };
}

/** The objects that belong to a Cluster or a Pooler, directly or through the Jobs, Deployments and the like that it made. */
function findOwned(objects: readonly KubeObject[]): (readonly [KubeObject, Owner])[] {
  const withOwner = objects.filter(({ body }) => list(at(body, "metadata", "ownerReferences")).length > 0);
  const byTitle = new Map(withOwner.map((source) => [titleOf(source), source]));
  return withOwner.flatMap((source) => {
    const owner = ownerOf(source, byTitle, new Set());
    return owner === undefined ? [] : [[source, owner] as const];
  });
}

function ownerOf(
  source: KubeObject,
  byTitle: ReadonlyMap<string, KubeObject>,
  seen: Set<KubeObject>,
): Owner | undefined {
  if (seen.has(source)) return undefined;
  seen.add(source);
  for (const reference of list(at(source.body, "metadata", "ownerReferences"))) {
    const [apiVersion = "", kind = "", name = ""] = ["apiVersion", "kind", "name"].map((field) =>
      text(at(reference, field)),
    );
    if (apiVersion.startsWith("postgresql.cnpg.io/") && (kind === "Cluster" || kind === "Pooler"))
      return { kind, name };
    const between = byTitle.get(titleOf({ ...source, apiVersion, kind, name }));
    const owner = between && ownerOf(between, byTitle, seen);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function titleOf(source: KubeObject): string {
  return [groupOf(source), source.kind, source.namespace, source.name].join("\n");
}
