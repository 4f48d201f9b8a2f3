import { expect, test } from "vitest";
import { oneDirectionPerPolicy } from "../../../../policy/rules/network/one-direction-per-policy.ts";
import { findings } from "../lab.ts";
import { sound } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (spec: string, parameters = {}) => findings(oneDirectionPerPolicy, policy("p", spec), parameters);
const both = "policyTypes: [Ingress, Egress]";
const dns =
  "{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ports: [{ port: 53, protocol: UDP }] }";
const own = "{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }";
const expected = (ports: string) => [
  `NetworkPolicy production/p: k3s lets the pods that it selects reach each other on ${ports}, which it does not say`,
];

test("is satisfied by the sound stack", () => {
  expect(findings(oneDirectionPerPolicy, sound)).toEqual([]);
});

test.each([
  `{ ${ofPg}, ${both} }`,
  `{ podSelector: {}, ${both}, egress: [${dns}] }`,
  `{ podSelector: {}, ${both}, ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ podSelector: {} }] }, ${dns}] }`,
  `{ ${ofPg}, policyTypes: [Egress], egress: [{}] }`,
  `{ ${ofPg}, policyTypes: [Ingress], ingress: [{}] }`,
  `{ ${ofPg}, ${both}, egress: [{ to: [{ ipBlock: { cidr: 10.255.0.0/24 } }] }] }`,
  `{ podSelector: { matchLabels: { app: web } }, ${both}, egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }] }] }`,
])("lets %s be", (spec) => {
  expect(judged(spec)).toEqual([]);
});

// The two cases that were measured with packets: tests/cluster/policy-network.
test.each([
  [`{ ${ofPg}, ${both}, ingress: [{}], egress: [] }`, "5432, 8000, 9187, 9127"],
  [`{ ${ofPg}, ${both}, egress: [{}] }`, "5432, 8000, 9187, 9127"],
  [`{ ${ofPg}, ${both}, ingress: [{ from: [${own}], ports: [{ port: 5432 }] }], egress: [${dns}] }`, "5432"],
  [`{ ${ofPg}, ${both}, egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 8000 }] }] }`, "8000"],
])("finds %s", (spec, ports) => {
  expect(judged(spec)).toEqual(expected(ports));
  expect(judged(spec, { engine: "standard" })).toEqual([]);
});
