import type { Requirement, Selector } from "../../analysis/selector.ts";
import { isUnknown } from "../../analysis/unknown.ts";

const requirement = /^(?:!([\w./-]+)|([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)|(in|notin)\s*\(([^)]*)\))?)$/;

/** Reads a label selector as Hetzner's API takes it: `role=agent,!spare,zone in (a, b)`. What it would refuse selects nothing. */
export function parseLabelSelector(text: string): Selector | undefined {
  if (isUnknown(text)) return { requirements: [], known: false };
  const requirements = text.split(/,(?![^(]*\))/).map((part) => parseRequirement(part.trim()));
  return requirements.includes(undefined)
    ? undefined
    : { requirements: requirements.filter((one) => one !== undefined), known: true };
}

function parseRequirement(text: string): Requirement | undefined {
  const [, absent, key, sign, value = "", word, words = ""] = requirement.exec(text) ?? [];
  if (absent !== undefined) return { key: absent, operator: "DoesNotExist", values: [] };
  if (key === undefined) return undefined;
  if (sign !== undefined) return { key, operator: sign === "!=" ? "NotIn" : "In", values: [value] };
  if (word === undefined) return { key, operator: "Exists", values: [] };
  return { key, operator: word === "in" ? "In" : "NotIn", values: words.split(",").map((one) => one.trim()) };
}
