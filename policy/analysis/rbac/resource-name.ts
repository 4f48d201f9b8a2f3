import type { Question } from "./question.ts";

/** A question that cannot be asked; the message is for whoever wrote it. */
export class InvalidQuestion extends Error {
  override readonly name = "InvalidQuestion";
}

type Resource = Required<Pick<Question, "group" | "resource" | "subresource">>;

/** What a question is about, as a command line names it. */
export type ResourceName = Resource | Required<Pick<Question, "url">>;

/** Every resource of the core group, and those that exist only to be impersonated. */
const coreResources = new Set([
  ...["bindings", "componentstatuses", "configmaps", "endpoints", "events", "limitranges", "namespaces", "nodes"],
  ...["persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "replicationcontrollers"],
  ...["resourcequotas", "secrets", "serviceaccounts", "services", "users", "groups"],
]);

/** The groups without a dot; any other has one. */
const plainGroups = new Set(["apps", "autoscaling", "batch", "core", "extensions", "policy", "*"]);

/** What stands behind a resource and a slash, and is not the name of an object. */
const subresources = new Set([
  ...["approval", "attach", "binding", "ephemeralcontainers", "eviction", "exec", "finalize", "finalizers", "log"],
  ...["portforward", "proxy", "resize", "scale", "status", "token", "*"],
]);

/**
 * Reads `group/resource[/sub]`, kubectl's `resource.group[/sub]` or, with a slash before it, a path outside of the API's
 * resources. The core group is empty (`/pods/exec`), `core`, or left out (`secrets`, `pods/exec`).
 * @throws InvalidQuestion for what is none of these, or could be something else, as kubectl's `secrets/NAME`
 */
export function parseResource(text: string): ResourceName {
  const [first = "", ...others] = text.toLowerCase().split("/");
  if (first === "" && others.join("") !== "") {
    return coreResources.has(others[0] ?? "") ? core(others, text) : { url: text };
  }
  if ([first, ...others].includes("") || others.length > 2) throw invalid(text);
  if (plainGroups.has(first) && others.length > 0) return inGroup(first, others, text);
  if (!first.includes(".")) return core([first, ...others], text);
  const [resource = "", subresource = ""] = others;
  if (others.length === 0 || (others.length === 1 && subresources.has(resource))) {
    return { ...dotted(first, text), subresource: resource };
  }
  // An object of a group without a dot, as kubectl names it: deployments.apps/NAME.
  if (plainGroups.has(dotted(first, text).group)) throw invalid(text);
  return { group: first, resource, subresource };
}

function inGroup(group: string, names: readonly string[], text: string): Resource {
  const [resource = "", subresource = ""] = names;
  return group === "core" ? core(names, text) : { group, resource, subresource };
}

/** Of nodes there are more subresources, from version to version, which the kubelet asks about. */
function core([resource = "", subresource = "", ...more]: readonly string[], text: string): Resource {
  const isKnown = coreResources.has(resource) || resource === "*";
  const isSubresource = subresource === "" || subresources.has(subresource) || resource === "nodes";
  if (!isKnown || !isSubresource || more.length > 0) throw invalid(text);
  return { group: "", resource, subresource };
}

/** `deployments.apps`, or `deployments.v1.apps`: the version grants nothing. */
function dotted(name: string, text: string): Pick<Resource, "group" | "resource"> {
  const [resource = "", ...rest] = name.split(".");
  const group = rest.length > 1 && /^v\d+((alpha|beta)\d+)?$/.test(rest[0] ?? "") ? rest.slice(1) : rest;
  if (resource === "" || group.includes("")) throw invalid(text);
  return { group: group.join("."), resource };
}

function invalid(text: string): InvalidQuestion {
  const expected = "secrets, pods/exec, deployments.apps, apps/deployments/scale, or a path such as /metrics";
  return new InvalidQuestion(
    `"${text}" is no resource of the core group and names no other: expected it as in ${expected}; --name takes the name of an object`,
  );
}
