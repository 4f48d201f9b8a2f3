import { isObject, list, object, quote, text, texts, type Json } from "./json.ts";
import { allOf, type Trilean } from "./trilean.ts";
import { isUnknown } from "./unknown.ts";

/** One condition on a label. `NotIn` and `DoesNotExist` also hold where the label is missing. */
export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** A label selector: all requirements hold. None selects everything. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  /** False where part of the selector is not known yet: then nothing is selected for certain. */
  readonly known: boolean;
}

/** Selects everything. */
export const everything: Selector = { requirements: [], known: true };

/** Labels as far as the input tells them. */
export interface Labels {
  readonly values: Readonly<Record<string, string>>;
  /** False where the object may wear more labels than the input shows. */
  readonly complete: boolean;
  /** Keys of labels that it wears with values that are not known. */
  readonly hidden?: readonly string[];
  /** Keys of labels that it may come to wear, with any value, or may not, whatever `values` says. */
  readonly possible?: readonly string[];
}

/** Labels of which nothing is hidden. */
export function exactly(values: Readonly<Record<string, string>>): Labels {
  return { values, complete: true };
}

/** The labels of an object's metadata; a value that is not known yet hides what else is worn. */
export function readLabels(value: Json | undefined): Labels {
  const values: Record<string, string> = {};
  let complete = !isUnknown(value);
  for (const [key, label] of Object.entries(object(value))) {
    if (isUnknown(label)) complete = false;
    else if (typeof label === "string") values[key] = label;
  }
  return { values, complete };
}

/** Reads a LabelSelector; `complain` is told what the API server would refuse. */
export function readSelector(value: Json | undefined, complain: (message: string) => void): Selector {
  if (isUnknown(value)) return { requirements: [], known: false };
  if (!isObject(value)) complain("a label selector must be an object");
  const matchLabels = object(value)["matchLabels"];
  const expressions = object(value)["matchExpressions"];
  const requirements: Requirement[] = [];
  let known = !isUnknown(matchLabels) && !isUnknown(expressions);
  for (const [key, label] of Object.entries(object(matchLabels))) {
    if (isUnknown(label)) known = false;
    else if (typeof label === "string") requirements.push({ key, operator: "In", values: [label] });
    else complain(`label ${key} must be a string, not ${quote(label)}`);
  }
  for (const expression of list(expressions)) {
    if (isUnknown(expression) || Object.values(object(expression)).some(isUnknown)) known = false;
    else requirements.push(...readExpression(expression, complain));
  }
  return { requirements, known };
}

function readExpression(value: Json, complain: (message: string) => void): Requirement[] {
  const key = text(object(value)["key"]);
  const operator = text(object(value)["operator"]);
  const values = texts(object(value)["values"]);
  if (key === undefined) complain("an expression of a label selector needs a key");
  else if (operator === "In" || operator === "NotIn") {
    if (values.length > 0) return [{ key, operator, values }];
    complain(`${operator} needs at least one value`);
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length === 0) return [{ key, operator, values }];
    complain(`${operator} takes no values`);
  } else complain(`${quote(operator)} is not one of In, NotIn, Exists, DoesNotExist`);
  return [];
}

export function matches(selector: Selector, labels: Labels): Trilean {
  const decided = allOf(selector.requirements, (requirement) => holds(requirement, labels));
  return decided === true && !selector.known ? null : decided;
}

function holds({ key, operator, values }: Requirement, labels: Labels): Trilean {
  if (labels.possible?.includes(key)) return null;
  if (labels.hidden?.includes(key)) return operator === "Exists" ? true : operator === "DoesNotExist" ? false : null;
  const value = Object.hasOwn(labels.values, key) ? labels.values[key] : undefined;
  if (value === undefined && !labels.complete) return null;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
