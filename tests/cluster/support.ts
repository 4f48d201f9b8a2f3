import { readFileSync } from "node:fs";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject, ObjectRef } from "../../kube/objects.ts";
import { hasCondition } from "../../kube/wait.ts";
import * as node from "../../local/node/index.ts";
import { operandImage } from "../../local/node/operand.ts";
import { pgbouncerImage } from "../../local/node/pgbouncer.ts";
import { pulumi, type PulumiResult } from "../../local/engine/pulumi.ts";
import { configFile, destroy, forget, forgetLostCluster, prepareStack, STACK, up } from "../../local/stack.ts";
import { inTurn } from "./turns.ts";

interface Node {
  readonly client: KubeClient;
  readonly kubeconfig: string;
}

/** The bare node, brought up where it is not, and a client of its API server; no state of a node before it. */
export function cluster(): Promise<Node> {
  return inTurn(nodeUp);
}

async function nodeUp(): Promise<Node> {
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
export function database(): Promise<KubeClient> {
  return inTurn(databaseUp);
}

async function databaseUp(): Promise<KubeClient> {
  const { client, kubeconfig } = await nodeUp();
  await configure(kubeconfig);
  await up();
  return client;
}

/** A cluster on which the operator runs: where it does not, it comes with the database of stack `local`. */
export function operator(): Promise<KubeClient> {
  return inTurn(async () => {
    const { client } = await nodeUp();
    const deployment = await client.get(ref.operator);
    return deployment !== undefined && hasCondition(deployment, "Available") ? client : databaseUp();
  });
}

/** Leaves neither stack nor objects of it. */
export function noDatabase(): Promise<Node> {
  return inTurn(async () => {
    const found = await nodeUp();
    const namespace = { apiVersion: "v1", kind: "Namespace", name: "production" };
    if (await found.client.get(namespace)) {
      await configure(found.kubeconfig);
      await destroy();
    }
    await forget();
    return found;
  });
}

/** Pulumi on stack `local`, its output kept. */
export function onStack(...args: string[]): Promise<PulumiResult> {
  return pulumi([...args, "--stack", STACK, "--config-file", configFile]);
}

export const ref = {
  operator: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "cnpg-system",
    name: "cnpg-controller-manager",
  } satisfies ObjectRef,
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
