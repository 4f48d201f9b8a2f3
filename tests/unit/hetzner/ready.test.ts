import { expect, test } from "vitest";
import { untilNodesInitialised, untilOthersAreUp } from "../../../components/cluster/hetzner/ready.ts";
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

/** A client of a cluster with these nodes; what it is asked else changes from look to look. */
function cluster(nodes: KubeObject[], leases: Record<string, string>[], ready: number[]): KubeClient {
  const client = new KubeClient(KUBECONFIG);
  const next = <T>(values: T[]): T | undefined => (values.length > 1 ? values.shift() : values[0]);
  client.list = ({ kind }) => {
    if (kind === "Node") return Promise.resolve(nodes);
    if (kind === "Cluster") {
      const status = { readyInstances: next(ready) };
      return Promise.resolve([{ ...CLUSTER, metadata: { name: "pg" }, spec: { instances: 3 }, status }]);
    }
    const renewals = Object.entries(next(leases) ?? {});
    return Promise.resolve(
      renewals.map(([name, renewTime]) => ({ ...LEASE, metadata: { name }, spec: { renewTime } })),
    );
  };
  return client;
}

const CLUSTER = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" };
const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
const up = [node("a", "True"), node("b", "True")];

test("a server is stopped when the others have been heard of and the database is whole; itself does not count", async () => {
  const client = cluster([...up, node("c", "False")], [{ b: "1" }, { b: "1" }, { b: "2" }], [2, 3]);
  await expect(untilOthersAreUp(client, "c", options)).rejects.toThrow("a: not heard of");
  const beating = cluster(
    [...up, node("c", "False")],
    [
      { a: "1", b: "1" },
      { a: "1", b: "2" },
      { a: "2", b: "2" },
    ],
    [2, 3],
  );
  await untilOthersAreUp(beating, "c", { seconds: 5, interval: 1 });
});

test("a node that is only remembered as ready, and a database without an instance, keep a server running", async () => {
  const client = cluster(up, [{ a: "1", b: "1" }], [2]);
  await expect(untilOthersAreUp(client, "a", options)).rejects.toThrow(
    /a is not stopped, since others are not up after .*\nb: not heard of\ndatabase pg: 2 of 3 instances ready\n/,
  );
});
