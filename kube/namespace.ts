import type { KubeClient } from "./client.ts";
import type { KubeObject } from "./objects.ts";
import { until } from "./wait.ts";

/** Creates a namespace and waits until pods can be made in it: until its default ServiceAccount is there. */
export async function createNamespace(client: KubeClient, namespace: KubeObject): Promise<void> {
  await client.create(namespace);
  const account = { apiVersion: "v1", kind: "ServiceAccount", namespace: namespace.metadata.name, name: "default" };
  await until("ServiceAccount default", () => client.get(account), { seconds: 30, interval: 100 });
}
