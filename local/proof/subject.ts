import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { podStatus } from "../../kube/pods.ts";
import { hasCondition } from "../../kube/wait.ts";
import { Refusal } from "../log.ts";
import { client as exampleClient } from "./workload.ts";

/** A CloudNativePG Cluster. */
export interface Database {
  namespace: string;
  cluster: string;
}

/** An instance's pod. */
export interface Instance {
  name: string;
  ip: string;
  uid: string;
  ready: boolean;
}

/** What the proof has to know of the database it is about. */
export interface Subject extends Database {
  /** Operand image: has all that the probe needs, and is on the nodes already. */
  image: string;
  instances: Instance[];
  /** Instances that there should be. */
  size: number;
  /** The client's credentials, as its Secret has them. */
  credentials: { host: string; port: string; user: string; password: string; database: string };
  /** PEM of the CA that signed the server's certificate, and of one that did not. */
  ca: { right: string; wrong: string };
}

interface LiveCluster extends KubeObject {
  spec: { instances: number };
  status?: { image?: string };
}

/** Reference of the Cluster object. */
export function clusterRef({ namespace, cluster }: Database) {
  return { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", namespace, name: cluster };
}

/** Name of the pod that the Cluster calls its primary; empty before there is one. */
export async function primaryOf(client: KubeClient, database: Database): Promise<string> {
  const cluster = await client.get(clusterRef(database));
  const { currentPrimary = "" } = (cluster?.["status"] ?? {}) as { currentPrimary?: string };
  return currentPrimary;
}

/**
 * Reads what the proof needs from the live objects.
 * @throws Refusal naming what is not there
 */
export async function inspect(client: KubeClient, database: Database): Promise<Subject> {
  const { namespace, cluster } = database;
  const need = async (kind: string, name: string) => {
    const ref = kind === "Cluster" ? clusterRef(database) : { apiVersion: "v1", kind, namespace, name };
    const object = await client.get(ref).catch((error: unknown) => {
      if (error instanceof Error && error.name === "NoKindMatch") return undefined;
      throw error;
    });
    if (!object) {
      const wanted = "the proof takes a database that is up, and among its clients that of examples/client.yaml";
      throw new Refusal(`${kind} ${namespace}/${name}: not there; ${wanted}`);
    }
    return object;
  };
  const { spec, status } = (await need("Cluster", cluster)) as LiveCluster;
  if (status?.image === undefined) throw new Refusal(`Cluster ${namespace}/${cluster}: not started yet; wait for it`);
  const secret = dataOf(await need("Secret", exampleClient.secret));
  const credential = (key: string) => decoded(secret, key, `Secret ${namespace}/${exampleClient.secret}`);
  const authority = `${cluster}-ca`;
  const otherCa = (await need("ConfigMap", "kube-root-ca.crt"))["data"] as Record<string, string>;
  return {
    ...database,
    image: status.image,
    instances: await instancesOf(client, database),
    size: spec.instances,
    credentials: {
      host: credential("host"),
      port: credential("port"),
      user: credential("username"),
      password: credential("password"),
      database: credential("dbname"),
    },
    ca: {
      right: decoded(dataOf(await need("Secret", authority)), "ca.crt", `Secret ${namespace}/${authority}`),
      wrong: otherCa["ca.crt"] ?? "",
    },
  };
}

/** The instances' pods as they are now. */
export async function instancesOf(client: KubeClient, { namespace, cluster }: Database): Promise<Instance[]> {
  const labelSelector = `cnpg.io/cluster=${cluster},cnpg.io/podRole=instance`;
  const pods = await client.list({ apiVersion: "v1", kind: "Pod", namespace }, { labelSelector });
  return pods.map((pod) => ({
    name: pod.metadata.name ?? "",
    uid: pod.metadata.uid ?? "",
    ip: podStatus(pod).podIP ?? "",
    ready: hasCondition(pod, "Ready"),
  }));
}

function dataOf(secret: KubeObject): Record<string, string> {
  return (secret["data"] ?? {}) as Record<string, string>;
}

function decoded(data: Record<string, string>, key: string, where: string): string {
  const value = data[key];
  if (value === undefined) throw new Refusal(`${where}: no key "${key}"; it is not the Secret this program writes`);
  return Buffer.from(value, "base64").toString();
}
