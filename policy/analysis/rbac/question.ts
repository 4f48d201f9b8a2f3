import { isObject, list, text, texts, type Json } from "../json.ts";

/** What somebody wants to know, in the terms of a SubjectAccessReview. */
export interface Question {
  /** A user name, `system:serviceaccount:NS:NAME`, or `group:NAME`. */
  readonly subject: string;
  /** Exactly the groups they are in; left out: those that the API server adds by itself. */
  readonly groups?: readonly string[];
  readonly verb: string;
  /** Left out or empty: cluster-scoped, or across all namespaces. */
  readonly namespace?: string;
  /** Left out or empty: the core group. */
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** A path outside the API's resources, such as `/metrics`, in place of everything from namespace to name. */
  readonly url?: string;
}

/** A question that cannot be asked; the message is for whoever wrote it. */
export class InvalidQuestion extends Error {
  override readonly name = "InvalidQuestion";
}

/** The resource of a question, as a command line names it. */
export type ResourceName = Required<Pick<Question, "group" | "resource" | "subresource">>;

/** Resources of the core group that have subresources, so that `pods/exec` is not taken for a resource of a group named pods. */
const coreResources = new Set([
  ...["namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "replicationcontrollers"],
  ...["resourcequotas", "serviceaccounts", "services"],
]);

/** Reads `group/resource[/subresource]`; the core group is empty (`/pods/exec`), `core`, or left out (`secrets`, `pods/exec`). */
export function parseResource(text: string): ResourceName {
  const parts = text.split("/");
  const [first = ""] = parts;
  const withGroup = parts.length === 1 || coreResources.has(first) ? ["", ...parts] : parts;
  const [group = "", resource = "", subresource = ""] = withGroup;
  if (resource === "" || withGroup.length > 3) {
    throw new InvalidQuestion(`"${text}" is no resource: expected group/resource or group/resource/subresource`);
  }
  return { group: group === "core" ? "" : group, resource, subresource };
}

/**
 * Reads a list of questions, as they stand in a JSON file.
 * @throws InvalidQuestion
 */
export function readQuestions(value: Json): readonly Question[] {
  if (!Array.isArray(value)) throw new InvalidQuestion("expected a list of questions");
  return list(value).map((item, index) => {
    const which = `question ${String(index + 1)}`;
    if (!isObject(item)) throw new InvalidQuestion(`${which}: expected a mapping with subject, verb and resource`);
    const optional = (field: keyof Question) => {
      const found = item[field] ?? undefined;
      if (found === undefined) return {};
      if (typeof found === "string") return { [field]: found };
      throw new InvalidQuestion(`${which}: ${field} is ${JSON.stringify(found)}, expected a string`);
    };
    const required = (field: keyof Question) => {
      const found = text(item[field]);
      if (found === undefined) throw new InvalidQuestion(`${which}: ${field} is missing, or no string`);
      return found;
    };
    const groups = item["groups"] ?? undefined;
    if (groups !== undefined && (!Array.isArray(groups) || texts(groups).length !== groups.length)) {
      throw new InvalidQuestion(`${which}: groups is ${JSON.stringify(groups)}, expected a list of strings`);
    }
    if (item["url"] === undefined) required("resource");
    return {
      subject: required("subject"),
      verb: required("verb"),
      ...(groups !== undefined && { groups: texts(groups) }),
      ...optional("namespace"),
      ...optional("group"),
      ...optional("resource"),
      ...optional("subresource"),
      ...optional("name"),
      ...optional("url"),
    };
  });
}
