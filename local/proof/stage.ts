import { readFileSync } from "node:fs";
import { probe, type Asker } from "../../components/enforcement/probe.ts";
import { probeConfigMap, probePod } from "../../components/enforcement/pod.ts";
import { POD_SECURITY_RESTRICTED } from "../../components/namespace.ts";
import type { KubeClient } from "../../kube/client.ts";
import { createNamespace } from "../../kube/namespace.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { untilRunning } from "../../kube/pods.ts";
import { deleteAndWait } from "../../kube/wait.ts";
import { developerRules, type Scene } from "./attempts.ts";
import type { From } from "./plan.ts";
import type { Database, Subject } from "./subject.ts";
import { client as exampleClient, clientWorkload, podsOf } from "./workload.ts";

/** Everyone who asks, each with the login that is his by default. */
export type Askers = Record<From, { asker: Asker; environment: Record<string, string>; password?: string }>;

/** Name of the ConfigMap with the probe, in each namespace that has pods of the proof. */
export const configMap = "hcloud-postgres-proof";
/** CA certificates beside the probe: the database's, and one that did not sign its certificate. */
export const caFiles = { right: `${probe.directory}/right-ca.crt`, wrong: `${probe.directory}/wrong-ca.crt` };
/** A client that writes for ever; its head says how. */
export const writerPath = `${probe.directory}/writer.sh`;

const writerScript = readFileSync(new URL("./writer.sh", import.meta.url), "utf8");
const label = "hcloud-postgres/proof";
const lifetimeSeconds = 1800;
const RBAC = "rbac.authorization.k8s.io/v1";
const clientName = "proof-client";
/** Holds no credential: the proof acts as this user. */
const developer = "hcloud-postgres-proof-developer";

/** The namespace of strangers, where no policy of ours holds. */
const elsewhereOf = ({ namespace }: Database) => `${namespace}-proof`;

/** Labels of everything that a proof of this database makes. */
export function proofLabels({ namespace, cluster }: Database): Record<string, string> {
  return { [label]: `${namespace}.${cluster}` };
}

/** The ConfigMap that pods of the proof mount: the probe, the CA certificates, the writer. */
export function proofConfigMap(namespace: string, subject: Subject): KubeObject {
  const { right, wrong } = subject.ca;
  const files = { "right-ca.crt": right, "wrong-ca.crt": wrong, "writer.sh": writerScript };
  const object = probeConfigMap(namespace, configMap, files);
  return { ...object, metadata: { ...object.metadata, labels: proofLabels(subject) } };
}

/** Brings up the client and the strangers, and answers where they are. */
export async function raise(client: KubeClient, subject: Subject): Promise<Askers> {
  const { namespace, image } = subject;
  const labels = proofLabels(subject);
  const elsewhere = elsewhereOf(subject);
  const stranger = (where: string, name: string, more: Record<string, string>) =>
    probePod({ namespace: where, name, labels: { ...labels, ...more }, image, configMap, lifetimeSeconds });

  await createNamespace(client, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: elsewhere, labels: { ...labels, ...POD_SECURITY_RESTRICTED } },
  });
  for (const where of [namespace, elsewhere]) await client.apply(proofConfigMap(where, subject));

  const name = clientName;
  await client.create(clientWorkload({ namespace, name, labels, image, replicas: 1, configMap }));
  await client.create(stranger(namespace, "proof-unlabelled", {}));
  await client.create(stranger(elsewhere, "proof-foreign", exampleClient.labels));

  const selector = `${label}=${String(labels[label])}`;
  const waiting = { seconds: 120, interval: 200 };
  const [clients] = await Promise.all([
    untilRunning(client, namespace, podsOf(name), 1, waiting),
    untilRunning(client, namespace, selector, 1, waiting),
    untilRunning(client, elsewhere, selector, 1, waiting),
  ]);
  const pod = clients[0]?.metadata.name ?? "";
  const { host, port, user, database, password } = subject.credentials;
  const verified = { PGSSLMODE: "verify-full", PGSSLROOTCERT: caFiles.right };
  const environment = { PGHOST: host, PGPORT: port, PGUSER: user, PGDATABASE: database, ...verified };
  return {
    client: { asker: { namespace, pod, container: exampleClient.container }, environment: {} },
    unlabelled: { asker: { namespace, pod: "proof-unlabelled" }, environment, password },
    foreign: { asker: { namespace: elsewhere, pod: "proof-foreign" }, environment, password },
  };
}

/** A developer with every right on what runs in both namespaces, and what he finds there. */
export async function raiseDeveloper(
  client: KubeClient,
  subject: Subject,
  { client: { asker } }: Askers,
): Promise<{ developer: KubeClient; guarded: Scene; free: Scene }> {
  const { namespace, cluster, image } = subject;
  const labels = proofLabels(subject);
  const elsewhere = elsewhereOf(subject);
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: developer };
  for (const where of [namespace, elsewhere]) {
    const metadata = { namespace: where, name: developer, labels };
    await client.apply({ apiVersion: RBAC, kind: "Role", metadata, rules: developerRules });
    const subjects = [{ kind: "User", name: developer }];
    await client.apply({ apiVersion: RBAC, kind: "RoleBinding", metadata, roleRef, subjects });
  }
  const account = { namespace: elsewhere, name: exampleClient.serviceAccount };
  await client.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
  await client.create(
    clientWorkload({ namespace: elsewhere, name: clientName, labels, image, replicas: 0, configMap }),
  );
  const scene = { cluster, image, identity: exampleClient };
  return {
    developer: client.actingAs(developer),
    guarded: {
      ...scene,
      namespace,
      there: { pod: "proof-unlabelled", clientPod: asker.pod, deployment: clientName },
    },
    free: {
      ...scene,
      namespace: elsewhere,
      there: { pod: "proof-foreign", clientPod: "proof-foreign", deployment: clientName },
    },
  };
}

/** Removes everything that proofs of this database made, this one's and whatever an earlier one left behind. */
export async function sweep(client: KubeClient, database: Database): Promise<void> {
  const { namespace } = database;
  const labelSelector = `${label}=${String(proofLabels(database)[label])}`;
  const kinds = [
    { apiVersion: "apps/v1", kind: "Deployment", namespace },
    { apiVersion: "v1", kind: "Pod", namespace },
    { apiVersion: "v1", kind: "ConfigMap", namespace },
    { apiVersion: RBAC, kind: "RoleBinding", namespace },
    { apiVersion: RBAC, kind: "Role", namespace },
    { apiVersion: "v1", kind: "Namespace" },
  ];
  const found = await Promise.all(
    kinds.map(async (ref) =>
      (await client.list(ref, { labelSelector })).map(({ metadata: { name } }) => ({ ...ref, name })),
    ),
  );
  await Promise.all(found.flat().map((ref) => deleteAndWait(client, ref, { seconds: 60, interval: 200 })));
}
