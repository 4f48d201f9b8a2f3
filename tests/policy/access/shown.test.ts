import { expect, test } from "vitest";
import { cluster, policy, rowsOf, sound } from "./lab.ts";

const clientLines = (...lines: string[]) =>
  rowsOf(cluster([...lines, "host all all all reject"]) + sound).find(
    ({ source, port }) => source.kind === "client" && port === 5432,
  )?.postgres;

test("policies of other kinds are named in one order, ten at most", () => {
  const cilium = (number: number, pods: string) => `
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: p${String(number).padStart(2, "0")}, namespace: production }
spec: { endpointSelector: { matchLabels: { ${pods} } } }
`;
  const [first, second] = [cilium(2, '"k8s:cnpg.io/cluster": pg'), cilium(1, "app: myapp")];
  const by = (manifests: string) =>
    new Map(
      rowsOf(cluster(["host all all all reject"]) + sound + policy("[]", "own") + manifests).map(
        ({ source, network }) => [source.name ?? source.selector, network.by],
      ),
    );
  expect(by(first + second).get("app=myapp")).toEqual([
    "CiliumNetworkPolicy production/p01",
    "CiliumNetworkPolicy production/p02",
  ]);
  const many = Array.from({ length: 30 }, (_, index) => cilium(30 - index, '"k8s:cnpg.io/cluster": pg')).join("");
  expect(by(many).get("instances")).toEqual(
    Array.from({ length: 10 }, (_, index) => `CiliumNetworkPolicy production/p${String(index + 1).padStart(2, "0")}`),
  );
});

test("a reference elsewhere than in the address column is shown as it is written", () => {
  const lines = clientLines(
    "hostssl app app_user ${podselector:app} scram-sha-256",
    "host all ${podselector:app} all scram-sha-256",
    "host ${podselector:app} x all scram-sha-256",
  );
  expect(lines?.map(({ databases, roles }) => [databases, roles])).toEqual([
    [["app"], ["app_user"]],
    [["all"], ["${podselector:app}"]],
    [["${podselector:app}"], ["x"]],
  ]);
});

test("a line says which certificate it asks for", () => {
  const line = (rest: string) => clientLines(`hostssl app app_user \${podselector:app} ${rest}`)?.[0];
  expect(line("scram-sha-256 clientcert=verify-full")).toMatchObject({ clientCertificate: "verify-full" });
  expect(line("scram-sha-256 clientcert=verify-ca")).toMatchObject({ clientCertificate: "verify-ca" });
  expect(line("cert")).toMatchObject({ clientCertificate: "verify-full" });
  expect(line("scram-sha-256")).not.toHaveProperty("clientCertificate");
});
