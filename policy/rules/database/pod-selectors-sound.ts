import { readReference, type Reference } from "../../analysis/hba/index.ts";
import { at, list, text, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";
import { pgHbaPath, readHbaLines, titleOf, type HbaLine } from "./hba-lines.ts";
import { refProblems, refsPath } from "./pod-selector-refs.ts";

/** A selector stands for addresses that change: what it says must be exactly what is meant. */
export const podSelectorsSound: ObjectRule = {
  scope: "object",
  name: "pod-selectors-sound",
  level: "mandatory",
  severity: "high",
  description: "Every pod selector of a Cluster must be declared once, ask for labels, and stand in lines that let in.",
  fix: "declare {name, selector: {matchLabels}} in spec.podSelectorRefs and write ${podselector:NAME} for the address",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#key-constraints-behavior",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { resource }) {
    const refs = at(object.body, ...refsPath);
    if (isUnknown(refs)) {
      const fix = "write plain values that depend on no other resource";
      return [{ path: refsPath, message: "podSelectorRefs is not known before up", fix }];
    }
    const isPart = resource.patch && (refs === undefined || at(object.body, ...pgHbaPath) === undefined);
    const nested = at(object.body, ...misplaced.path) !== undefined;
    return [
      ...(nested ? [misplaced] : []),
      ...refProblems(refs),
      ...(isPart ? [] : useProblems(object, refs)),
      ...readHbaLines(object).lines.flatMap((line) => lineProblems(object, line)),
    ];
  },
};

const misplaced = {
  path: ["spec", "postgresql", "podSelectorRefs"],
  message: "podSelectorRefs stands in spec.postgresql, where the API server drops it",
  fix: "move it to spec.podSelectorRefs",
} as const;

/** Lines that use what is not declared, and declarations that no line uses. */
function useProblems(object: KubeObject, refs: Json | undefined): Finding[] {
  const declared = list(refs).map((ref) => text(at(ref, "name")));
  const pgHba = at(object.body, ...pgHbaPath);
  const used = list(pgHba).map((_, item) => referenceOf(object, item)?.name);
  const isKnown = !isUnknown(pgHba) && !list(pgHba).some(isUnknown);
  return [
    ...used.flatMap((name, item) =>
      name === undefined || declared.includes(name)
        ? []
        : [{ path: [...pgHbaPath, item], message: `${titleOf(item)} refers to ${name}, which is not declared` }],
    ),
    ...declared.flatMap((name, index) =>
      !isKnown || name === undefined || isUnknown(name) || used.includes(name)
        ? []
        : [{ path: [...refsPath, index], message: `pod selector ${name} is used by no line`, fix: "remove it" }],
    ),
  ];
}

/** What a selector must not do in a line. */
function lineProblems(object: KubeObject, { item, rule, selector }: HbaLine): Finding[] {
  if (referenceOf(object, item) === undefined) return [];
  const path = [...pgHbaPath, item];
  if (selector === undefined) {
    return [{ path, message: `${titleOf(item)} has its pod selector elsewhere than in the address column` }];
  }
  if (rule.method !== "reject") return [];
  return [
    {
      path,
      message: `${titleOf(item)} turns away the pods of ${selector}: it vanishes while there are none`,
      fix: "let in by selector, and turn everybody else away with host all all all reject",
    },
  ];
}

function referenceOf(object: KubeObject, item: number): Reference | undefined {
  const line = at(object.body, ...pgHbaPath, item);
  const reference = isUnknown(line) ? undefined : readReference(text(line) ?? "");
  return reference?.type === "podselector" ? reference : undefined;
}
