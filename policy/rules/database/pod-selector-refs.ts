import { at, list, object as mapping, text, type Json } from "../../analysis/json.ts";
import { readSelector } from "../../analysis/selector.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding } from "../rule.ts";

/** Where a Cluster declares the selectors that its pg_hba lines may refer to. */
export const refsPath = ["spec", "podSelectorRefs"] as const;

/** What is wrong with each declaration by itself. */
export function refProblems(refs: Json | undefined): Finding[] {
  const names = list(refs).map((ref) => text(at(ref, "name")));
  return list(refs).flatMap((ref, index) => {
    const name = names[index];
    const problems = [...selectorProblems(at(ref, "selector")), ...namespaceProblems(ref)];
    if (isUnknown(name)) problems.push("has a name that is not known before up");
    else if (name !== undefined && names.indexOf(name) < index) problems.push("is declared twice");
    const title = name === undefined || isUnknown(name) ? `podSelectorRefs[${String(index)}]` : `pod selector ${name}`;
    return problems.map((problem) => ({ path: [...refsPath, index], message: `${title} ${problem}` }));
  });
}

function selectorProblems(value: Json | undefined): string[] {
  const complaints: string[] = [];
  const { requirements, known } = readSelector(value, (message) => complaints.push(`is refused: ${message}`));
  if (!known) return ["has a selector that is not known before up"];
  if (complaints.length > 0) return complaints;
  if (requirements.length === 0) return ["selects every pod of the namespace"];
  const asks = requirements.some(({ operator }) => operator === "In" || operator === "Exists");
  return asks ? [] : ["selects every pod without labels: it asks for none"];
}

/** A label that only namespaces wear. */
const namespaceLabel = "kubernetes.io/metadata.name";

/** Pods of other namespaces are never selected, whatever one writes. */
function namespaceProblems(ref: Json): string[] {
  const keys = [
    ...Object.keys(mapping(at(ref, "selector", "matchLabels"))),
    ...list(at(ref, "selector", "matchExpressions")).map((expression) => at(expression, "key")),
  ];
  const fields = Object.keys(mapping(ref)).filter((field) => field !== "name" && field !== "selector");
  return [
    ...(keys.includes(namespaceLabel) ? [`asks for ${namespaceLabel}, which no pod wears`] : []),
    ...fields.map((field) => `has a field ${field}, which the API server drops: pods of other namespaces never count`),
  ];
}
