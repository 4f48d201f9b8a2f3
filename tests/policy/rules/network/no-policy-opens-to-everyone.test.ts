import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noPolicyOpensToEveryone } from "../../../../policy/rules/network/no-policy-opens-to-everyone.ts";
import { findings, resource } from "../lab.ts";
import { sound } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (spec: string) => findings(noPolicyOpensToEveryone, policy("p", spec));
const everyNamespace = "{ namespaceSelector: {} }";

describe("is satisfied by", () => {
  test("the sound stack", () => {
    expect(findings(noPolicyOpensToEveryone, sound)).toEqual([]);
  });

  test.each([
    // kubernetes.io/docs/concepts/services-networking/network-policies: default deny, allow all ingress of other pods.
    "{ podSelector: {}, policyTypes: [Ingress] }",
    "{ podSelector: {}, policyTypes: [Ingress, Egress] }",
    "{ podSelector: {}, ingress: [{}] }",
    "{ podSelector: { matchLabels: { app: web } }, ingress: [{}] }",
    "{ podSelector: {}, ingress: [{ ports: [{ port: 8000 }] }] }",
    // The standalone PostgreSQL of Bitnami's chart (templates/primary/networkpolicy.yaml) is no Cluster.
    "{ podSelector: { matchLabels: { app.kubernetes.io/name: postgresql } }, ingress: [{ ports: [{ port: 5432 }] }] }",
    `{ ${ofPg}, ingress: [] }`,
    `{ ${ofPg}, policyTypes: [Egress], ingress: [{}] }`,
    `{ ${ofPg}, ingress: [{ from: [{ podSelector: {} }] }] }`,
    `{ ${ofPg}, ingress: [{ from: [${everyNamespace}], ports: [{ port: 9443 }] }] }`,
    `{ ${ofPg}, ingress: [{ from: [{ ipBlock: { cidr: 10.255.0.0/24 } }] }] }`,
  ])("%s", (spec) => {
    expect(judged(spec)).toEqual([]);
  });
});

describe("finds open", () => {
  test.each([
    [`{ ${ofPg}, ingress: [{}] }`, "opens 5432, 8000, 9187, 9127 to everyone: it has no from"],
    [`{ ${ofPg}, ingress: [{ from: [], ports: [{ port: 8000 }] }] }`, "opens 8000 to everyone: it has no from"],
    [`{ ${ofPg}, ingress: [{ ports: [{ port: metrics }] }] }`, "opens 9187, 9127 to everyone: it has no from"],
    [
      `{ ${ofPg}, ingress: [{ from: [${everyNamespace}], ports: [{ port: 5432 }] }] }`,
      "opens 5432 to all pods of every namespace",
    ],
    [
      `{ ${ofPg}, ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: myapp } } }], ports: [{ port: 5432 }] }] }`,
      "opens 5432 to whoever wears the labels in any namespace",
    ],
    [
      `{ ${ofPg}, ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: env, operator: NotIn, values: [dev] }] } }], ports: [{ port: 1024, endPort: 6000 }] }] }`,
      "opens 5432 to all pods of every namespace",
    ],
    [
      `{ ${ofPg}, ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }, { ipBlock: { cidr: "::/0" } }], ports: [{ port: 5432 }] }] }`,
      "opens 5432 to 0.0.0.0/0 and ::/0",
    ],
    [
      `{ ${ofPg}, ingress: [{ from: [{ ipBlock: { cidr: 128.0.0.0/1 } }], ports: [{ port: 5432 }] }] }`,
      "opens 5432 to 128.0.0.0/1",
    ],
    // github.com/cloudnative-pg/cloudnative-pg/issues/6025: a dash too many makes a second rule of the ports.
    [
      `{ ${ofPg}, ingress: [{ from: [{ podSelector: {} }] }, { ports: [{ port: 8000 }] }] }`,
      "opens 8000 to everyone: it has no from",
    ],
    [
      "{ podSelector: { matchLabels: { cnpg.io/poolerName: rw } }, ingress: [{ ports: [{ port: 5432 }] }] }",
      "opens 5432 to everyone: it has no from",
    ],
    ["{ podSelector: {}, ingress: [{ ports: [{ port: 5432 }] }] }", "opens 5432 to everyone: it has no from"],
    [
      `{ ${ofPg}, ingress: [{ from: ${unknownValue} }] }`,
      "opens 5432, 8000, 9187, 9127 to peers that are not known before up",
    ],
    [
      `{ ${ofPg}, ingress: [{ from: [{ namespaceSelector: ${unknownValue} }], ports: [{ port: 5432 }] }] }`,
      "opens 5432 to peers that are not known before up",
    ],
    [
      `{ podSelector: ${unknownValue}, ingress: [{ ports: [{ port: 5432 }] }] }`,
      "opens 5432 to everyone: it has no from",
    ],
    [`{ ${ofPg}, ingress: [{ ports: ${unknownValue} }] }`, "opens 5432, 8000, 9187, 9127 to everyone: it has no from"],
  ])("%s", (spec, expected) => {
    expect(judged(spec)).toEqual([`NetworkPolicy production/p: ${expected}`]);
  });
});

test("a patch is judged by what it sets", () => {
  const patch = (ingress: readonly object[]) =>
    findings(noPolicyOpensToEveryone, [
      resource("kubernetes:networking.k8s.io/v1:NetworkPolicyPatch", {
        metadata: { name: "p", namespace: "production" },
        spec: { ingress: ingress as never },
      }),
    ]);
  expect(patch([{ ports: [{ port: 5432 }] }])).toHaveLength(1);
  expect(patch([{ from: [{ podSelector: { matchLabels: { app: "myapp" } } }], ports: [{ port: 5432 }] }])).toEqual([]);
});
