import type { Rule } from "./model.ts";

/** A request for a resource of the API. */
export interface ResourceRequest {
  readonly verb: string;
  /** Empty: not inside one namespace, that is, cluster-scoped or across all of them. */
  readonly namespace: string;
  /** Empty: the core group. */
  readonly group: string;
  readonly resource: string;
  /** Empty: the resource itself. */
  readonly subresource: string;
  /** Empty where the request names no object, as create, list, watch and deletecollection do. */
  readonly name: string;
}

/** A request for a path outside the API's resources, such as `/metrics`. */
export interface UrlRequest {
  readonly verb: string;
  readonly url: string;
}

/** What somebody asks of the API server. */
export type Request = ResourceRequest | UrlRequest;

/** Whether a rule allows a request, compared as the API server does: exactly, case and all, `*` only where it knows it. */
export function allows(rule: Rule, request: Request): boolean {
  if (!wildcardOr(rule.verbs, request.verb)) return false;
  if ("url" in request) return rule.nonResourceURLs.some((url) => coversUrl(url, request.url));
  return (
    wildcardOr(rule.apiGroups, request.group) &&
    rule.resources.some((resource) => coversResource(resource, request)) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))
  );
}

function wildcardOr(list: readonly string[], value: string): boolean {
  return list.includes("*") || list.includes(value);
}

function coversResource(pattern: string, { resource, subresource }: ResourceRequest): boolean {
  if (pattern === "*") return true;
  if (subresource === "") return pattern === resource;
  return pattern === `${resource}/${subresource}` || pattern === `*/${subresource}`;
}

function coversUrl(pattern: string, url: string): boolean {
  return pattern === url || (pattern.endsWith("*") && url.startsWith(pattern.replace(/\*+$/, "")));
}
