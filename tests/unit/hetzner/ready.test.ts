import { expect, test } from "vitest";
import { untilNodesInitialised } from "../../../components/cluster/hetzner/ready.ts";
import { KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { KUBECONFIG } from "../program/stack.ts";

function node(name: string, status: "True" | "False", ...taints: string[]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { taints: taints.map((key) => ({ key, effect: "NoSchedule" })) },
    status: { conditions: [{ type: "Ready", status }] },
  };
}

/** A client that sees these nodes, one list a look, the last one for ever. */
function seeing(...looks: KubeObject[][]): KubeClient {
  const client = new KubeClient(KUBECONFIG);
  client.list = () => Promise.resolve((looks.length > 1 ? looks.shift() : looks[0]) ?? []);
  return client;
}

const options = { seconds: 0.05, interval: 10 };
const UNINITIALISED = "node.cloudprovider.kubernetes.io/uninitialized";

test("the wait ends when every planned node is ready and initialised; others do not count", async () => {
  const client = seeing(
    [node("a", "False", UNINITIALISED)],
    [node("a", "True", UNINITIALISED)],
    [node("a", "True", "dedicated"), node("z", "False")],
  );
  await untilNodesInitialised(client, ["a"], { seconds: 5, interval: 1 });
});

test("what each node lacks is said", async () => {
  const client = seeing([node("a", "True", UNINITIALISED), node("b", "False"), node("c", "True")]);
  const wait = untilNodesInitialised(client, ["a", "b", "c", "d"], options);
  await expect(wait).rejects.toThrow(
    /a: not initialised by the cloud controller\nb: not ready\nd: has not joined\n.*hcloud-cloud-controller-manager/,
  );
});
