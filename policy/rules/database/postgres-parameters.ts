import { at, object, quote, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";

/** A setting of PostgreSQL and where it stands: names are the same in upper and lower case. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** What a Cluster sets a parameter of postgresql.conf to; empty where the operator's default holds. */
export function settingsOf({ body }: KubeObject, name: string): readonly Setting[] {
  const path = ["spec", "postgresql", "parameters"];
  return Object.entries(object(at(body, ...path)))
    .filter(([key]) => key.toLowerCase() === name)
    .map(([key, value]) => ({ path: [...path, key], value }));
}

/** The value as PostgreSQL compares it: without regard to case and surrounding blanks. */
export function normalized(value: Json): string {
  return (typeof value === "string" ? value : quote(value)).trim().toLowerCase();
}
