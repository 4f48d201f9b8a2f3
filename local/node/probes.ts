import type { KubeClient } from "../../kube/client.ts";
import type { ObjectRef } from "../../kube/objects.ts";
import { hasCondition } from "../../kube/wait.ts";
import { outcome } from "../exec.ts";
import { network, nodeName } from "./layout.ts";
import { insideNode } from "./namespaces.ts";

/** True when the address answers a plain GET with success. */
export function isHealthy(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** True when the API server says of itself that it is ready. */
export function isApiReady(client: KubeClient): Promise<boolean> {
  return client.request("GET", "/readyz", { timeout: 2000 }).then(
    () => true,
    () => false,
  );
}

/** True when the node is registered and Ready. */
export function isNodeReady(client: KubeClient): Promise<boolean> {
  return meets(client, { apiVersion: "v1", kind: "Node", name: nodeName }, "Ready");
}

/** True when the Deployment of kube-system is Available. */
export function isAvailable(client: KubeClient, name: string): Promise<boolean> {
  return meets(client, { apiVersion: "apps/v1", kind: "Deployment", namespace: "kube-system", name }, "Available");
}

/** True when cluster DNS accepts connections at its Service address. */
export async function isDnsReachable(): Promise<boolean> {
  const [command = "", ...args] = insideNode("timeout", "2", "bash", "-c", `</dev/tcp/${network.dnsService}/53`);
  return (await outcome(command, args)).code === 0;
}

async function meets(client: KubeClient, ref: ObjectRef, condition: string): Promise<boolean> {
  const object = await client.get(ref).catch(() => undefined);
  return object !== undefined && hasCondition(object, condition);
}
