import { isDeepStrictEqual } from "node:util";
import { forcesNew } from "./force-new.ts";
import { sameQuantity } from "./quantity.ts";
import { isObject, isUnknown, type Json, type JsonObject } from "../wire.ts";
import type { Change } from "../provider.ts";

type Path = (string | number)[];

const amounts = new Set<string | number>(["limits", "requests", "capacity", "hard", "sizeLimit"]);

/** What a comparison is made of. */
export interface Comparison {
  /** The live object, pruned to what the old inputs spoke of. */
  live: JsonObject;
  oldInputs: JsonObject;
  newInputs: JsonObject;
  /** Paths whose change replaces the object. */
  forceNew: string[];
}

/** The properties that an update has to change, by path. */
export function changedProperties({ live, oldInputs, newInputs, forceNew }: Comparison): Record<string, Change> {
  const changes: Record<string, Change> = {};
  const note = (path: Path, kind: Change["kind"], value: Json) => {
    changes[propertyPath(path)] = { kind, replace: leaves(path, value).some((leaf) => forcesNew(leaf, forceNew)) };
  };
  const compare = (path: Path, before: Json | undefined, wanted: Json | undefined, wantedBefore: Json | undefined) => {
    if (before === undefined && wanted === undefined) return;
    if (wanted === undefined) {
      note(path, "delete", before ?? null);
    } else if (before === undefined) {
      if (!isLeftOut(wanted, wantedBefore)) note(path, "add", wanted);
    } else if (isObject(before) && isObject(wanted)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
        compare([...path, key], before[key], wanted[key], isObject(wantedBefore) ? wantedBefore[key] : undefined);
      }
    } else if (Array.isArray(before) && Array.isArray(wanted)) {
      for (let index = 0; index < Math.max(before.length, wanted.length); index++) {
        const old = Array.isArray(wantedBefore) ? wantedBefore[index] : undefined;
        compare([...path, index], before[index], wanted[index], old);
      }
    } else if (isUnknown(wanted) || !(isDeepStrictEqual(before, wanted) || isSameAmount(path, before, wanted))) {
      note(path, "update", wanted);
    }
  };
  compare([], live, newInputs, oldInputs);
  return changes;
}

/** Without the changes at or below the ignored paths. */
export function withoutIgnored(changes: Record<string, Change>, ignored: string[]): Record<string, Change> {
  const below = (path: string) =>
    ignored.some((ignore) => path === ignore || path.startsWith(`${ignore}.`) || path.startsWith(`${ignore}[`));
  return Object.fromEntries(Object.entries(changes).filter(([path]) => !below(path)));
}

/** The API server leaves out zero values of optional fields: the same one asked for again is no change. */
function isLeftOut(wanted: Json, wantedBefore: Json | undefined): boolean {
  const zero =
    wanted === null ||
    wanted === false ||
    wanted === 0 ||
    wanted === "" ||
    Object.keys(Object(wanted) as object).length === 0;
  return zero && isDeepStrictEqual(wanted, wantedBefore);
}

/** Resource amounts of Kubernetes' own kinds come back in another notation than they were given in. */
function isSameAmount(path: Path, before: Json, wanted: Json): boolean {
  return path.some((part) => amounts.has(part)) && sameQuantity(before, wanted);
}

/** The paths that a value added or removed as a whole reaches. */
function leaves(path: Path, value: Json): Path[] {
  const entries: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(isObject(value) ? value : {});
  return [path, ...entries.flatMap(([key, item]) => leaves([...path, key], item))];
}

function propertyPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${String(part)}]`;
    if (/[."[\]]/.test(part)) return `${text}["${part.replaceAll('"', '\\"')}"]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
