import { expect, test } from "vitest";
import { noUndeclaredNamedPorts } from "../../../../policy/rules/network/no-undeclared-named-ports.ts";
import { findings } from "../lab.ts";
import { beside, sound } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const from = "from: [{ podSelector: { matchLabels: { app: myapp } } }]";
const judged = (ports: string, parameters = {}, selector = ofPg) =>
  findings(
    noUndeclaredNamedPorts,
    beside(policy("p", `{ ${selector}, ingress: [{ ${from}, ports: [${ports}] }] }`)),
    parameters,
  );

test.each([
  ["{ port: 5432 }"],
  ["{ port: postgresql }"],
  ["{ port: status }, { port: metrics }"],
  ["{ port: http }", {}, "podSelector: { matchLabels: { app: web } }"],
] as const)("is satisfied by %s", (...written) => {
  expect(findings(noUndeclaredNamedPorts, sound)).toEqual([]);
  expect(judged(...(written as readonly [string, object, string]))).toEqual([]);
});

test.each([
  ["{ port: postgres }", '"postgres" (TCP): k3s then opens every port'],
  ["{ port: postgresql, protocol: UDP }", '"postgresql" (UDP): k3s then opens every port'],
  ["{ port: postgres }, { port: pgsql }", '"postgres" (TCP), "pgsql" (TCP): k3s then opens every port'],
  ["{ port: postgres }, { port: 5432 }", '"postgres" (TCP): it opens nothing'],
  ["{ port: postgres }, { port: metrics }", '"postgres" (TCP): it opens nothing'],
])("finds %s", (ports, expected) => {
  expect(judged(ports)).toEqual([`NetworkPolicy production/p: no pod that it selects declares ${expected}`]);
});

test("says what the standard makes of it", () => {
  expect(judged("{ port: postgres }", { engine: "standard" })[0]).toMatch(/it opens nothing$/);
});
