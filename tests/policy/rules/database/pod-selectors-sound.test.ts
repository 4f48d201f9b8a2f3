import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { podSelectorsSound } from "../../../../policy/rules/database/pod-selectors-sound.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const selector = { matchLabels: { app: "myapp" } };
const judged = (podSelectorRefs: unknown, ...pgHba: string[]) =>
  findings(podSelectorsSound, [cluster({ podSelectorRefs, postgresql: { pg_hba: pgHba } } as JsonObject)]);

test.each([
  [[{ name: "app", selector }], [allow, "host all all all reject"]],
  [[{ name: "app", selector }], [allow, "hostssl reports reader ${podselector:app} cert"]],
  [[{ name: "app", selector: { matchExpressions: [{ key: "app", operator: "In", values: ["a", "b"] }] } }], [allow]],
  [[{ name: "app", selector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }], [allow]],
  [undefined, ["host all all all reject"]],
  [null, []],
])("lets pass %j in %j", (refs, lines) => {
  expect(judged(refs, ...lines)).toEqual([]);
});

const app = (selector: unknown, more = {}) => [{ name: "app", selector, ...more }];

test.each([
  [app({}), [allow], "pod selector app selects every pod of the namespace"],
  [app({ matchLabels: {} }), [allow], "pod selector app selects every pod of the namespace"],
  [
    app({ matchExpressions: [{ key: "app", operator: "NotIn", values: ["other"] }] }),
    [allow],
    "pod selector app selects every pod without labels: it asks for none",
  ],
  [app(undefined), [allow], "pod selector app is refused: a label selector must be an object"],
  [
    app({ matchExpressions: [{ key: "app", operator: "In" }] }),
    [allow],
    "pod selector app is refused: In needs at least one value",
  ],
  [[...app(selector), ...app({ matchLabels: { app: "other" } })], [allow], "pod selector app is declared twice"],
  [app(selector), ["host all all all reject"], "pod selector app is used by no line"],
  [undefined, [allow], "pg_hba[0] refers to app, which is not declared"],
  // As one writes a peer of a NetworkPolicy.
  [
    app(selector, { namespaceSelector: { matchLabels: { team: "web" } } }),
    [allow],
    "pod selector app has a field namespaceSelector, which the API server drops: pods of other namespaces never count",
  ],
  [
    app({ matchLabels: { app: "myapp", "kubernetes.io/metadata.name": "web" } }),
    [allow],
    "pod selector app asks for kubernetes.io/metadata.name, which no pod wears",
  ],
  [
    app(selector),
    ["hostssl app app_user ${podselector:app} reject", "host all all all reject"],
    "pg_hba[0] turns away the pods of app: it vanishes while there are none",
  ],
  [
    app(selector),
    ["hostssl app ${podselector:app} 10.0.0.5/32 cert"],
    "pg_hba[0] has its pod selector elsewhere than in the address column",
  ],
  [
    app(selector),
    ["hostssl app app_user 10.0.0.5/32 cert # ${podselector:app}"],
    "pg_hba[0] has its pod selector elsewhere than in the address column",
  ],
])("finds %j in %j", (refs, lines, problem) => {
  expect(judged(refs, ...lines)).toEqual([`Cluster production/pg: ${problem}`]);
});

test("finds selectors where no API server looks for them", () => {
  const postgresql = { podSelectorRefs: app(selector), pg_hba: ["host all all all reject"] };
  expect(findings(podSelectorsSound, [cluster({ postgresql } as JsonObject)])).toEqual([
    "Cluster production/pg: podSelectorRefs stands in spec.postgresql, where the API server drops it",
  ]);
});

test("fails closed on what is not known yet", () => {
  expect(judged(unknownValue, allow)).toEqual(["Cluster production/pg: podSelectorRefs is not known before up"]);
  expect(judged(app(unknownValue), allow)).toEqual([
    "Cluster production/pg: pod selector app has a selector that is not known before up",
  ]);
  expect(judged(app({ matchLabels: { app: unknownValue } }), allow)).toHaveLength(1);
  expect(judged([{ name: unknownValue, selector }], "host all all all reject")).toEqual([
    "Cluster production/pg: podSelectorRefs[0] has a name that is not known before up",
  ]);
  // Which lines use it is not known: pg-hba-valid says that of the line.
  expect(judged(app(selector), unknownValue)).toEqual([]);
});

test("a patch need not repeat what its Cluster has", () => {
  const judge = (spec: object) => findings(podSelectorsSound, [clusterPatch(spec as JsonObject)]);
  expect(judge({ postgresql: { pg_hba: [allow] } })).toEqual([]);
  expect(judge({ podSelectorRefs: app(selector) })).toEqual([]);
  expect(judge({ podSelectorRefs: app({}) })).toHaveLength(1);
  expect(judge({ podSelectorRefs: app(selector), postgresql: { pg_hba: [] } })).toHaveLength(1);
});
