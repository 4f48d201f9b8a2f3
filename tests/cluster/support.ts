import { readFileSync } from "node:fs";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject, ObjectRef } from "../../kube/objects.ts";
import * as node from "../../local/node/index.ts";
import { operandImage } from "../../local/node/operand.ts";
import { pgbouncerImage } from "../../local/node/pgbouncer.ts";
import { pulumi, type PulumiResult } from "../../local/engine/pulumi.ts";
import { configFile, destroy, forget, forgetLostCluster, prepareStack, STACK, up } from "../../local/stack.ts";

/** The bare node, brought up where it is not, and a client of its API server; no state of a node before it. */
export async function cluster(): Promise<{ client: KubeClient; kubeconfig: string }> {
  const { kubeconfig: file } = await node.up();
  const kubeconfig = readFileSync(file, "utf8");
  const client = new KubeClient(kubeconfig);
  await forgetLostCluster(client);
  return { client, kubeconfig };
}

/** Writes the configuration of stack `local` for the bare node, with `config` over that of Pulumi.local.yaml. */
export async function configure(kubeconfig: string, config: Record<string, unknown> = {}): Promise<void> {
  const { database, ...rest } = config as { database?: Record<string, unknown> };
  const images = { database: { image: operandImage, ...database }, pgbouncer: { image: pgbouncerImage } };
  await prepareStack({ kubeconfig, config: { ...rest, ...images } });
}

/** The database of stack `local`, brought up as `npm run local` does. */
export async function database(): Promise<KubeClient> {
  const { client, kubeconfig } = await cluster();
  await configure(kubeconfig);
  await up();
  return client;
}

/** Leaves neither stack nor objects of it. */
export async function noDatabase(): Promise<{ client: KubeClient; kubeconfig: string }> {
  const found = await cluster();
  const namespace = { apiVersion: "v1", kind: "Namespace", name: "production" };
  if (await found.client.get(namespace)) {
    await configure(found.kubeconfig);
    await destroy();
  }
  await forget();
  return found;
}

/** Pulumi on stack `local`, its output kept. */
export function onStack(...args: string[]): Promise<PulumiResult> {
  return pulumi([...args, "--stack", STACK, "--config-file", configFile]);
}

export const ref = {
  namespace: (name: string): ObjectRef => ({ apiVersion: "v1", kind: "Namespace", name }),
  secret: (namespace: string, name: string): ObjectRef => ({ apiVersion: "v1", kind: "Secret", namespace, name }),
  configMap: (namespace: string, name: string): ObjectRef => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name }),
  pods: (namespace: string): ObjectRef => ({ apiVersion: "v1", kind: "Pod", namespace }),
  pgCluster: (namespace: string, name = "pg"): ObjectRef => ({
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    namespace,
    name,
  }),
};

/** Text of one key of a Secret. */
export function decoded(secret: KubeObject | undefined, key: string): string {
  const data = secret?.["data"] as Record<string, string> | undefined;
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}
