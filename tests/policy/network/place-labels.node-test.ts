import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeObject } from "../../../kube/objects.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { readPod } from "../../../policy/analysis/network/read-pod.ts";
import { exactly, matches, type Requirement } from "../../../policy/analysis/selector.ts";
import { startControlPlane, type ControlPlane } from "../apiserver.ts";

const zone = "topology.kubernetes.io/zone";
const region = "topology.kubernetes.io/region";

const nodes: Record<string, Record<string, string>> = {
  placed: { [zone]: "fsn1", [region]: "eu-central", "example.com/rack": "7" },
  nowhere: {},
};
const worn: Record<string, Record<string, string>> = {
  bare: { app: "own" },
  claiming: { app: "own", [zone]: "nbg1" },
};
const cases = Object.keys(nodes).flatMap((node) => Object.keys(worn).map((pod) => ({ node, pod })));

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  for (const [name, labels] of Object.entries(nodes)) {
    await plane.client.create({ apiVersion: "v1", kind: "Node", metadata: { name, labels } });
  }
  await plane.client.create({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { namespace: "default", name: "default" },
  });
});
afterAll(() => plane.stop());

/** A pod as its manifest shows it, and the labels that it wears once it is bound to a node. */
async function bind(node: string, pod: string): Promise<{ manifest: KubeObject; labels: Record<string, string> }> {
  const name = `${pod}-${node}`;
  const metadata = { namespace: "default", name, labels: worn[pod] ?? {} };
  const spec = { containers: [{ name: "c", image: "none.invalid/c" }] };
  const manifest: KubeObject = { apiVersion: "v1", kind: "Pod", metadata, spec };
  await plane.client.create(manifest);
  const target = { apiVersion: "v1", kind: "Node", name: node };
  await plane.client.request("POST", `/api/v1/namespaces/default/pods/${name}/binding`, {
    body: { apiVersion: "v1", kind: "Binding", metadata: { name }, target },
  });
  const bound = await plane.client.get({ apiVersion: "v1", kind: "Pod", namespace: "default", name });
  return { manifest, labels: bound?.metadata.labels ?? {} };
}

test.each(cases)("what the judges say of pod $pod before it is bound holds on node $node", async ({ node, pod }) => {
  const { manifest, labels } = await bind(node, pod);
  const [object] = parseManifests(JSON.stringify(manifest), "pod.json").objects;
  const read = object && readPod(object);
  if (read === undefined) throw new Error("no pod was read");
  const values = ["fsn1", "nbg1", "eu-central", "own", "7"];
  const asked = [zone, region, "app", "example.com/rack"].flatMap((key): Requirement[] => [
    { key, operator: "Exists", values: [] },
    { key, operator: "DoesNotExist", values: [] },
    ...values.flatMap((value): Requirement[] => [
      { key, operator: "In", values: [value] },
      { key, operator: "NotIn", values: [value] },
    ]),
  ]);
  for (const requirement of asked) {
    const selector = { requirements: [requirement], known: true };
    const said = matches(selector, read.labels);
    if (said !== null) expect([requirement, said]).toEqual([requirement, matches(selector, exactly(labels))]);
  }
});

test("a pod bound to a node with a place wears it, over its own claim, and nothing else of the node", async () => {
  const bare = { apiVersion: "v1", kind: "Pod", namespace: "default", name: "bare-placed" };
  const found = await Promise.all(
    ["bare-placed", "claiming-placed", "claiming-nowhere"].map((name) => plane.client.get({ ...bare, name })),
  );
  expect(found.map((pod) => pod?.metadata.labels)).toEqual([
    { app: "own", [zone]: "fsn1", [region]: "eu-central" },
    { app: "own", [zone]: "fsn1", [region]: "eu-central" },
    { app: "own", [zone]: "nbg1" },
  ]);
});
