import type { KubeObject, Problem } from "../objects.ts";
import { isUnknown } from "../unknown.ts";
import { defaults } from "./defaults.ts";
import type { Binding, Role } from "./model.ts";
import { idOf, read } from "./read.ts";

/** A role or binding that may grant anything, since part of it is not known before `up`. */
export interface Unknown {
  readonly id: string;
  /** Where it may grant; empty: everywhere. */
  readonly namespace: string;
}

/** The RBAC objects in force, by their ids. */
export interface Inventory {
  readonly roles: ReadonlyMap<string, Role>;
  readonly bindings: ReadonlyMap<string, Binding>;
  /** The object that a role or binding was read from; none for a default one. */
  readonly origins: ReadonlyMap<string, KubeObject>;
  readonly unknown: readonly Unknown[];
  /** What the API server refuses, and what is not known before `up`. */
  readonly problems: readonly Problem[];
}

/**
 * What is in force once the objects are applied: they and the roles and bindings that every API server creates by itself.
 * An object of the input stands in for a default one of its name; of two with one name the later counts.
 */
export function takeInventory(objects: readonly KubeObject[]): Inventory {
  const roles = new Map<string, Role>(defaults.roles.map((role) => [role.id, role]));
  const bindings = new Map<string, Binding>(defaults.bindings.map((binding) => [binding.id, binding]));
  const origins = new Map<string, KubeObject>();
  const unknown: Unknown[] = [];
  const problems: Problem[] = [];

  for (const object of objects) {
    const reading = read(object);
    if (reading === undefined) continue;
    if ("refused" in reading) {
      problems.push(problem(object, `the API server refuses it, so it grants nothing: ${reading.refused.join("; ")}`));
    } else if ("unknown" in reading) {
      const { kind, namespace, name } = object;
      unknown.push({ id: idOf(kind, namespace, name), namespace: isUnknown(namespace) ? "" : namespace });
      const message = `${reading.unknown.join(", ")} not known before up: what it grants is undecided`;
      problems.push({ ...problem(object, message), unread: true });
    } else if ("role" in reading) {
      roles.set(reading.role.id, reading.role);
      origins.set(reading.role.id, object);
    } else {
      bindings.set(reading.binding.id, reading.binding);
      origins.set(reading.binding.id, object);
    }
  }
  return { roles, bindings, origins, unknown, problems };
}

/** A problem with an object, where the object stands. */
export function problem({ kind, namespace, name, position }: KubeObject, message: string): Problem {
  return { ...position, message: `${idOf(kind, namespace, name)}: ${message}` };
}
