import { expect, test } from "vitest";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { problemsOf, policy, reaching } from "../network/lab.ts";

const bodyOf = (manifest: object) => parseManifests(JSON.stringify(manifest), "n.json").objects[0]?.body;
const object = (more: object) => ({ apiVersion: "v1", kind: "Role", metadata: { name: "r" }, ...more });

test("a field that is null is not there, in lists and mappings alike", () => {
  expect(bodyOf(object({ a: null, b: { c: null, d: [{ e: null, f: 1 }, null] } }))).toEqual(
    object({ b: { d: [{ f: 1 }, null] } }),
  );
});

test("a label that is null may be there, and empty, or not", () => {
  const [labels, matchLabels] = [{ a: null, b: "x" }, { c: null }];
  const spec = { template: { metadata: { labels } }, selector: { matchLabels } };
  expect(bodyOf(object({ spec }))).toMatchObject({
    spec: {
      template: { metadata: { labels: { a: unknownValue, b: "x" } } },
      selector: { matchLabels: { c: unknownValue } },
    },
  });
});

test.each([
  "ports: [{ port: 5432, protocol: }]",
  "from: , ports: [{ port: 5432, endPort: }]",
  "from: [{ podSelector: , ipBlock: { cidr: 10.244.0.0/16 } }]",
  "from: [{ podSelector: , namespaceSelector: {} }]",
])("what a template left blank in a rule is no reason to refuse its policy: %s", (rule) => {
  const open = policy(`ingress: [{ ${rule} }]`);
  expect(problemsOf(open)).toEqual([]);
  const everybody = ["myapp", "stranger", "remote"];
  expect(reaching(open)).toEqual(rule.includes("ipBlock") ? [] : everybody);
});

test.each(["", "null", '""'])("a port of a container whose protocol is %s is one of TCP", (protocol) => {
  const pod = `
---
apiVersion: v1
kind: Pod
metadata: { name: pg, namespace: production, labels: { cnpg.io/cluster: pg } }
spec: { containers: [{ name: postgres, ports: [{ name: db, containerPort: 5432, protocol: ${protocol} }] }] }
`;
  expect(reaching(policy("ingress: [{ ports: [{ port: db }] }]") + pod)).toEqual(["myapp", "stranger", "remote"]);
});
