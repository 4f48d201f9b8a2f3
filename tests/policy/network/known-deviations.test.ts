import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { judge } from "../../../policy/analysis/network/judge.ts";
import { k3s } from "../../../policy/analysis/network/k3s.ts";
import { knownDeviations, type DeviationName } from "../../../policy/analysis/network/known-deviations.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import { cases } from "../../cluster/policy-network/deviations.ts";
import { namespaces, pods } from "../../cluster/policy-network/pods.ts";
import { policy } from "./lab.ts";

/** The pods that tests/cluster/policy-network.test.ts tries the same cases on, with made-up addresses. */
const lab = pods("/probes", "image").map((pod, index) => ({
  ...pod,
  status: { podIP: `10.244.0.${String(20 + index)}` },
}));
const title = ({ metadata }: KubeObject) => `${String(metadata.namespace)}/${String(metadata.name)}`;
const addressOf = (name: string) => lab.find((pod) => title(pod) === name)?.status.podIP ?? "";

test.each(Object.entries(cases))("%s", (name, { policies, from, to, port, k3s: expected, otherwise }) => {
  const items = [...namespaces, ...lab, ...policies(addressOf)];
  const { objects } = parseManifests(JSON.stringify({ apiVersion: "v1", kind: "List", items }), "case.json");
  const world = readWorld(objects, []);
  const ask = (without?: DeviationName) => {
    const pod = (wanted: string) => world.pods.find(({ namespace, name }) => `${namespace}/${name}` === wanted);
    const [source, target] = [pod(from), pod(to)];
    if (source === undefined || target === undefined) throw new Error(`no pod ${from} or ${to}`);
    return judge(world, k3s(world, without))(source, target, { number: port, protocol: "TCP" }).allowed;
  };
  expect({ k3s: ask(), otherwise: ask(name as DeviationName) }).toEqual({ k3s: expected, otherwise });
});

describe("narrowIpv6", () => {
  test.each([
    ["2001:db8::1", true, true],
    ["fd00::1", true, true],
    ["fc00::1", false, true],
    ["fe80::1", false, true],
  ])("%s under ::/0", (address, expected, otherwise) => {
    const { objects } = parseManifests(
      `
apiVersion: v1
kind: Pod
metadata: { name: pg, namespace: production, labels: { cnpg.io/cluster: pg } }
spec: { containers: [{ name: main }] }
${policy('ingress: [{ from: [{ ipBlock: { cidr: "::/0" } }] }]')}`,
      "ipv6.yaml",
    );
    const world = readWorld(objects, []);
    const [pg] = world.pods;
    if (pg === undefined) throw new Error("no pod");
    const ask = (without?: DeviationName) =>
      judge(world, k3s(world, without))({ kind: "outsider", address }, pg, { number: 5432, protocol: "TCP" }).allowed;
    expect({ k3s: ask(), otherwise: ask("narrowIpv6") }).toEqual({ k3s: expected, otherwise });
  });
});

test("every deviation says what it is and where", () => {
  for (const { summary, source } of Object.values(knownDeviations)) {
    expect(summary).not.toBe("");
    expect(source).toMatch(/\/blob\/v2\.6\.3-k3s1\/.*#L\d+/);
  }
});
