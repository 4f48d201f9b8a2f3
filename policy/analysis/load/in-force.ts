import { groupBy } from "../group-by.ts";
import { groupOf, type KubeObject, type Problem } from "../objects.ts";
import type { Resource } from "../resources.ts";
import { withoutNulls } from "./nulls.ts";
import { patchAlone, patched } from "./patch.ts";

/** The Kubernetes objects once all of these resources are applied: each once, with what patches set. */
export function objectsInForce(resources: readonly Resource[], problems: Problem[]): KubeObject[] {
  const given = resources.flatMap(({ objects, patch }) => objects.map((object) => ({ object, patch })));
  return [...groupBy(given, ({ object }) => idOf(object)).values()].flatMap((same) => {
    const [patches, wholes] = [true, false].map((which) =>
      same.filter(({ patch }) => patch === which).map(({ object }) => object),
    ) as [KubeObject[], KubeObject[]];
    const base = lastOf(wholes, problems) ?? patches.slice(0, 1).map(patchAlone)[0];
    return base === undefined ? [] : [withoutNulls(patches.reduce(patched, base))];
  });
}

function idOf(object: KubeObject): string {
  return [groupOf(object), object.kind, object.namespace, object.name].join("\n");
}

/** An object that is given twice is applied twice: the last one stays. */
function lastOf(objects: readonly KubeObject[], problems: Problem[]): KubeObject | undefined {
  for (const { kind, namespace, name, position } of objects.slice(0, -1)) {
    const title = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
    problems.push({
      file: position.file,
      line: position.line,
      message: `${title} is given again later: this one is left out`,
    });
  }
  return objects.at(-1);
}
