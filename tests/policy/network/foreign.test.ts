import { describe, expect, test } from "vitest";
import { answer } from "./lab.ts";

const cilium = (rules: string) =>
  `\n---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: c, namespace: production }\n${rules}\n`;
const selecting = (label: string) => `{ endpointSelector: { matchLabels: { ${label} } } }`;
const clusterwide = (rules: string) =>
  cilium(rules).replace("kind: Cilium", "kind: CiliumClusterwide").replace(", namespace: production", "");

/** What is said of the database, which wears cnpg.io/cluster=pg. */
const asked = (policies: string) => {
  const { allowed, by } = answer(policies);
  return { allowed, by };
};
const undecided = { allowed: null, by: ["CiliumNetworkPolicy production/c"] };
const untouched = { allowed: true, by: [] };

describe("a policy of Cilium has one rule, several, or both", () => {
  const [own, other] = [selecting('"cnpg.io/cluster": pg'), selecting("x: y")];
  test.each([
    ["spec alone", cilium(`spec: ${own}`), undecided],
    ["specs alone", cilium(`specs: [${other}, ${own}]`), undecided],
    ["specs beside spec", cilium(`spec: ${other}\nspecs: [${own}]`), undecided],
    ["spec beside specs", cilium(`spec: ${own}\nspecs: [${other}]`), undecided],
    ["neither selects it", cilium(`spec: ${other}\nspecs: [${other}]`), untouched],
    ["neither is there", cilium(""), undecided],
    ["specs are not known", cilium(`spec: ${other}\nspecs: 04da6b54-80e4-46f7-96ec-b56ff0331ba9`), undecided],
    ["spec is not known", cilium(`spec: 04da6b54-80e4-46f7-96ec-b56ff0331ba9\nspecs: [${other}]`), undecided],
    ["specs hold no rule", cilium(`specs: [text]`), undecided],
  ])("%s", (_case, policies, expected) => {
    expect(asked(policies)).toEqual(expected);
  });

  test("those of the whole cluster too", () => {
    const by = ["CiliumClusterwideNetworkPolicy c"];
    expect(asked(clusterwide(`spec: ${other}\nspecs: [${own}]`))).toEqual({ allowed: null, by });
    expect(asked(clusterwide(`spec: ${other}`))).toEqual(untouched);
  });
});

describe("the keys of Cilium's selectors name the source of a label, before a colon", () => {
  test.each([
    ['"k8s:cnpg.io/cluster": pg', undecided],
    ['"any:cnpg.io/cluster": pg', undecided],
    ['"k8s:cnpg.io/cluster": other', untouched],
    ['"cnpg.io/cluster": other', untouched],
    // A label, not a source and a label.
    ['"k8s.cnpg.io/cluster": pg', untouched],
    ['"any.cnpg.io/cluster": pg', untouched],
    ['"node.kubernetes.io/x": y', untouched],
    // Of what else Cilium knows about a pod, its labels say nothing.
    ['"reserved:host": ""', undecided],
    ['"reserved.host": ""', undecided],
    ['"container:x": y', undecided],
    ['"io.kubernetes.pod.namespace": production', undecided],
  ])("%s", (label, expected) => {
    expect(asked(cilium(`spec: ${selecting(label)}`))).toEqual(expected);
  });
});
