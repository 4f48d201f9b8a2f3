import type { Grant } from "../authorizer.ts";
import { allows, type ResourceRequest } from "../match.ts";
import type { IsDatabaseSecret } from "./database-secrets.ts";
import type { Need } from "./need.ts";

/** Where somebody has what a power takes. */
export interface Holding {
  /** Empty: everywhere. */
  readonly namespace: string;
  /** The one object it is over; undefined: any. */
  readonly name: string | undefined;
  readonly path: readonly string[];
}

/** Where somebody with these grants meets all needs of a way; the first need says over what object. */
export function holdings(
  [first, ...others]: readonly Need[],
  grants: readonly Grant[],
  isDatabaseSecret: IsDatabaseSecret,
): Holding[] {
  if (first === undefined) return [];
  return others.reduce(
    (held, need) => {
      const besides = places(meeting(need, grants, isDatabaseSecret));
      return held.flatMap((holding) => besides.flatMap((other) => together(holding, other, sameObjects(first, need))));
    },
    meeting(first, grants, isDatabaseSecret),
  );
}

/** Every grant that meets a need, once for each name it is restricted to. */
function meeting(need: Need, grants: readonly Grant[], isDatabaseSecret: IsDatabaseSecret): Holding[] {
  return grants.flatMap(({ rule, namespace, path }): Holding[] => {
    if (need.clusterScoped === true && namespace !== "") return [];
    const requests = requestsOf(need, namespace).filter((request) => allows({ ...rule, resourceNames: [] }, request));
    if (requests.length === 0) return [];
    if (rule.resourceNames.length === 0) return [{ namespace, name: undefined, path }];
    return rule.resourceNames
      .filter((name) => requests.some((request) => canName(request, name, grants)))
      .filter((name) => counts(need, namespace, name, isDatabaseSecret))
      .map((name) => ({ namespace, name, path }));
  });
}

function requestsOf({ verbs, group, resources }: Need, namespace: string): ResourceRequest[] {
  return resources.flatMap((path) => {
    const [resource = "", subresource = ""] = path.split("/");
    return verbs.map((verb) => ({ verb, namespace, group, resource, subresource, name: "" }));
  });
}

/**
 * Whether a request can name its object, so that a rule restricted to names allows it. A deletion of many names none. A
 * creation names its object only by server-side apply, and that takes the right to patch it as well.
 */
function canName(request: ResourceRequest, name: string, grants: readonly Grant[]): boolean {
  if (request.verb === "deletecollection") return false;
  if (request.verb !== "create" || request.subresource !== "") return true;
  const patch = { ...request, verb: "patch", name };
  return grants.some((grant) => ["", request.namespace].includes(grant.namespace) && allows(grant.rule, patch));
}

function counts({ names }: Need, namespace: string, name: string, isDatabaseSecret: IsDatabaseSecret): boolean {
  if (names === undefined) return true;
  return names === "secrets of the database" ? isDatabaseSecret(namespace, name) : names.includes(name);
}

/** The first holding for each place and object: of what a way takes besides its first need, one grant is enough. */
function places(held: readonly Holding[]): Holding[] {
  const byPlace = new Map<string, Holding>();
  for (const holding of held) {
    const place = `${holding.namespace}/${holding.name ?? ""}`;
    if (!byPlace.has(place)) byPlace.set(place, holding);
  }
  return [...byPlace.values()];
}

function sameObjects(one: Need, other: Need): boolean {
  return one.group === other.group && one.resources.some((resource) => other.resources.includes(resource));
}

/** Where two holdings are both given: in the narrower of their namespaces, on the same object where both are about it. */
function together(one: Holding, other: Holding, sameObject: boolean): Holding[] {
  const namespace = one.namespace || other.namespace;
  if (other.namespace !== "" && other.namespace !== namespace) return [];
  const name = sameObject ? (one.name ?? other.name) : one.name;
  if (sameObject && other.name !== undefined && other.name !== name) return [];
  return [{ namespace, name, path: [...new Set([...one.path, ...other.path])] }];
}
