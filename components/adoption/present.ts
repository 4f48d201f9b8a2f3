import { bootstrapOf } from "../../config/conflicts.ts";
import type { Client, Config } from "../../config/schema.ts";
import { NoKindMatch, type KubeClient } from "../../kube/client.ts";
import { refOf, type KubeObject, type ObjectRef } from "../../kube/objects.ts";
import { databasesOf } from "../access/databases.ts";
import {
  authorityName,
  credentialsName,
  databaseRoleName,
  runAsName,
  secretReaderName,
  type ClusterName,
} from "../access/names.ts";
import { clientsIn, otherNamespaces } from "../access/workloads.ts";
import { databaseObjectName } from "../database/index.ts";
import { ownerOf, type Owner } from "./marks.ts";

const RBAC = "rbac.authorization.k8s.io/v1";

/** An object that is there under a name of ours. */
export interface Present {
  ref: ObjectRef;
  owner: Owner;
}

/** Everything that the stack makes under a name of its own; `rendered` is a part of it. */
export function namedObjects(config: Config, rendered: readonly KubeObject[]): ObjectRef[] {
  const { clients, database } = config;
  const cluster: ClusterName = { name: database.name, namespace: config.namespace.name };
  const certified = clients.filter(({ auth }) => auth === "cert");
  const { database: bootstrapped } = bootstrapOf(config);
  const databases = databasesOf(config)
    .filter(({ name }) => name !== bootstrapped)
    .map(({ name }) => databaseObjectName(database.name, name));
  const of = (kind: string, names: string[]) => refsTo("postgresql.cnpg.io/v1", kind, cluster.namespace, names);
  return [
    ...rendered.filter(({ kind }) => kind !== "Pod").map(refOf),
    ...grants(cluster.namespace, [runAsName(cluster)]),
    ...forClients(cluster, clients, cluster.namespace),
    ...of("Database", databases),
    ...of(
      "DatabaseRole",
      certified.map((client) => databaseRoleName(cluster, client)),
    ),
    ...otherNamespaces(cluster, clients).flatMap((namespace) => [
      ...forClients(cluster, clientsIn(cluster, clients, namespace), namespace),
      ...refsTo("v1", "Secret", namespace, [authorityName(cluster)]),
    ]),
  ];
}

/** What clients have in one namespace. */
function forClients(cluster: ClusterName, clients: readonly Client[], namespace: string): ObjectRef[] {
  const generated = clients.filter(({ auth, existingSecret }) => auth === "password" && existingSecret === undefined);
  const accounts = clientsIn(cluster, clients, namespace)
    .flatMap(({ workloads }) => workloads.map(({ serviceAccount }) => serviceAccount))
    .filter(({ create }) => create);
  return [
    ...grants(
      namespace,
      clients.flatMap((client) => [secretReaderName(cluster, client), runAsName(cluster, client)]),
    ),
    ...refsTo(
      "v1",
      "Secret",
      namespace,
      generated.map((client) => credentialsName(cluster, client)),
    ),
    ...refsTo(
      "v1",
      "ServiceAccount",
      namespace,
      accounts.map(({ name }) => name),
    ),
  ];
}

function grants(namespace: string, names: readonly string[]): ObjectRef[] {
  return ["Role", "RoleBinding"].flatMap((kind) => refsTo(RBAC, kind, namespace, names));
}

function refsTo(apiVersion: string, kind: string, namespace: string, names: readonly string[]): ObjectRef[] {
  return names.map((name) => ({ apiVersion, kind, namespace, name }));
}

/** Looks which of them are there, and whose they are. */
export async function present(client: KubeClient, refs: readonly ObjectRef[], stack: string): Promise<Present[]> {
  const found = await Promise.all(refs.map((ref) => lookUp(client, ref)));
  return refs.flatMap((ref, index) => {
    const object = found[index];
    return object ? [{ ref, owner: ownerOf(stack, object.metadata.annotations) }] : [];
  });
}

async function lookUp(client: KubeClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  return client.get(ref).catch((error: unknown) => {
    // Before the operator is there, so are none of its kinds.
    if (error instanceof NoKindMatch) return undefined;
    throw error;
  });
}
