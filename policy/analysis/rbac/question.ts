import { isObject, list, text, texts, type Json } from "../json.ts";
import { InvalidQuestion } from "./resource-name.ts";

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
