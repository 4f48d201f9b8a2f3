import type { Endpoint } from "../network/model.ts";
import type { Labels, Selector } from "../selector.ts";

/** Who asks, as the access table names it. */
export interface Source {
  readonly kind: "client" | "pods" | "namespace" | "operator" | "peer" | "pooler" | "scraper" | "cidr" | "anyone";
  readonly name?: string;
  /** The namespace or, where labels select it, their selector; absent for any. */
  readonly namespace?: string;
  /** A label selector as people write it: `app=myapp,tier!=web`. */
  readonly selector?: string;
  readonly cidr?: string;
}

/** A source with the endpoints that stand for it. */
export interface Candidate {
  readonly source: Source;
  readonly endpoints: readonly Endpoint[];
  /** Whether somebody declared it: for a friend every endpoint must get in, for a stranger one is too many. */
  readonly friend: boolean;
  /** The ports without which the database does not live. */
  readonly lifelines?: readonly number[];
}

/** The identity of a source: the same pods by another name are the same source. */
export function keyOf({ kind, name, namespace, selector, cidr }: Source): string {
  // Whoever borrows the labels of these is somebody else.
  if (kind === "peer" || kind === "pooler") return `${kind} ${namespace ?? ""} ${name ?? ""}`;
  if (cidr !== undefined) return `cidr ${cidr}`;
  if (selector !== undefined) return `pods ${namespace ?? "*"} ${selector}`;
  return `${kind} ${namespace ?? "*"} ${kind === "namespace" ? "" : (name ?? "")}`;
}

/** Labels as the selector that asks for all of them. */
export function formatLabels({ values }: Labels): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** A selector as `kubectl -l` takes it, in a fixed order. */
export function formatSelector({ requirements }: Selector): string {
  return requirements
    .map(({ key, operator, values }) => {
      switch (operator) {
        case "In":
          return values.length === 1 ? `${key}=${values[0] ?? ""}` : `${key} in (${[...values].sort().join(",")})`;
        case "NotIn":
          return values.length === 1 ? `${key}!=${values[0] ?? ""}` : `${key} notin (${[...values].sort().join(",")})`;
        case "Exists":
          return key;
        case "DoesNotExist":
          return `!${key}`;
      }
    })
    .sort()
    .join(",");
}

/** A source in words: `client app-pods (app=myapp) in production`. */
export function formatSource({ kind, name, namespace, selector, cidr }: Source): string {
  const what = [kind === "pods" || kind === "namespace" ? "" : kind, name ?? "", cidr ?? ""].filter(
    (part) => part !== "",
  );
  const title = what.length > 0 ? what.join(" ") : kind === "namespace" ? "any pod" : "pods";
  const labels = selector === undefined || selector === "" ? "" : ` (${selector})`;
  return `${title}${labels}${namespace === undefined ? "" : ` in ${namespace}`}`;
}
