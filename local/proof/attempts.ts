import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject, ObjectRef } from "../../kube/objects.ts";

/** Where attempts are made: nothing of them stays, since the API server only judges them. */
export interface Scene {
  namespace: string;
  cluster: string;
  image: string;
  /** Whom they pretend to be. */
  identity: { labels: Record<string, string>; serviceAccount: string; secret: string };
  /** A pod of nobody in particular, a pod of the client, and the Deployment that made it. */
  there: { pod: string; clientPod: string; deployment: string };
}

/** Something that somebody with every right on pods, workloads and Secrets of a namespace would try. */
export interface Attempt {
  what: string;
  make: (client: KubeClient, scene: Scene) => Promise<unknown>;
}

/** Every right on what runs in a namespace, Secrets to be written included: more than the role `edit` gives. */
export const developerRules = [
  { apiGroups: ["apps", "batch"], resources: ["*"], verbs: ["*"] },
  {
    apiGroups: [""],
    resources: ["pods", "pods/status", "pods/ephemeralcontainers", "pods/binding", "replicationcontrollers"],
    verbs: ["*"],
  },
  { apiGroups: [""], resources: ["secrets", "serviceaccounts/token"], verbs: ["create"] },
];

interface PodArgs {
  labels?: Record<string, string>;
  serviceAccountName?: string;
  spec?: Record<string, unknown>;
  container?: Record<string, unknown>;
}

const unprivileged = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } };

/** A pod that the `restricted` Pod Security Standard has nothing against. */
function podTemplate({ image }: Scene, { labels = {}, serviceAccountName = "default", spec, container }: PodArgs) {
  return {
    metadata: { labels: { attempt: "attempt", ...labels } },
    spec: {
      serviceAccountName,
      restartPolicy: "Always",
      securityContext: { runAsNonRoot: true, runAsUser: 26, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "main", image, ...unprivileged, ...container }],
      ...spec,
    },
  };
}

type Template = ReturnType<typeof podTemplate>;

/** Every kind that makes pods of a template, and how it holds it. */
const workloads: Record<string, (template: Template) => Omit<KubeObject, "metadata">> = {
  Deployment: (template) => workload("apps/v1", "Deployment", template),
  ReplicaSet: (template) => workload("apps/v1", "ReplicaSet", template),
  ReplicationController: (template) => ({
    apiVersion: "v1",
    kind: "ReplicationController",
    spec: { selector: template.metadata.labels, template },
  }),
  StatefulSet: (template) => workload("apps/v1", "StatefulSet", template, { serviceName: "attempt" }),
  DaemonSet: (template) => workload("apps/v1", "DaemonSet", template),
  Job: (template) => ({ apiVersion: "batch/v1", kind: "Job", spec: { template: ending(template) } }),
  CronJob: (template) => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: { template: ending(template) } } },
  }),
};

function workload(apiVersion: string, kind: string, template: Template, more: Record<string, unknown> = {}) {
  return { apiVersion, kind, spec: { selector: { matchLabels: template.metadata.labels }, template, ...more } };
}

function ending(template: Template): Template {
  return { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
}

const metadata = ({ namespace }: Scene) => ({ namespace, name: "attempt" });
const create = (client: KubeClient, scene: Scene, object: Omit<KubeObject, "metadata">) =>
  client.create({ ...object, metadata: metadata(scene) } as KubeObject, dry);
const dry = { dryRun: true };

async function patch(client: KubeClient, ref: ObjectRef, body: unknown, subresource = ""): Promise<unknown> {
  const contentType = "application/strategic-merge-patch+json";
  return client.request("PATCH", (await client.path(ref)) + subresource, {
    body,
    contentType,
    query: { dryRun: "All" },
  });
}

async function createPod(client: KubeClient, scene: Scene, args: PodArgs): Promise<unknown> {
  const { metadata: of, spec } = podTemplate(scene, args);
  return client.create({ apiVersion: "v1", kind: "Pod", metadata: { ...metadata(scene), ...of }, spec }, dry);
}

const pod = (scene: Scene, name: string): ObjectRef => ({
  apiVersion: "v1",
  kind: "Pod",
  namespace: scene.namespace,
  name,
});
const mounting = (volume: Record<string, unknown>): PodArgs => ({ spec: { volumes: [{ name: "theirs", ...volume }] } });

/** Each gets somebody into the database, or at its keys, where nothing but RBAC stands in the way. */
export const attempts: readonly Attempt[] = [
  {
    what: "Pod with the client's labels, another ServiceAccount",
    make: (client, scene) => createPod(client, scene, { labels: scene.identity.labels }),
  },
  {
    what: "Pod as the client's ServiceAccount",
    make: (client, scene) => createPod(client, scene, { serviceAccountName: scene.identity.serviceAccount }),
  },
  ...Object.entries(workloads).flatMap(([kind, of]): Attempt[] => [
    {
      what: `${kind} with the client's labels, another ServiceAccount`,
      make: (client, scene) => create(client, scene, of(podTemplate(scene, { labels: scene.identity.labels }))),
    },
    {
      what: `${kind} as the client's ServiceAccount`,
      make: (client, scene) =>
        create(client, scene, of(podTemplate(scene, { serviceAccountName: scene.identity.serviceAccount }))),
    },
  ]),
  {
    what: "the client's labels put on a running pod",
    make: (client, scene) =>
      patch(client, pod(scene, scene.there.pod), { metadata: { labels: scene.identity.labels } }),
  },
  {
    what: "the client's labels put on a running pod through its status",
    make: (client, scene) =>
      patch(client, pod(scene, scene.there.pod), { metadata: { labels: scene.identity.labels } }, "/status"),
  },
  {
    what: "an ephemeral container in the client's pod",
    make: (client, scene) => {
      const { containers } = podTemplate(scene, {}).spec;
      const ephemeralContainers = containers.map((container) => ({ ...container, name: "debugger" }));
      return patch(
        client,
        pod(scene, scene.there.clientPod),
        { spec: { ephemeralContainers } },
        "/ephemeralcontainers",
      );
    },
  },
  {
    what: "another image in the client's running workload",
    make: (client, { namespace, there, image }) => {
      const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace, name: there.deployment };
      return patch(client, ref, {
        spec: { template: { spec: { initContainers: [{ name: "mine", image, ...unprivileged }] } } },
      });
    },
  },
  {
    what: "a revision of a StatefulSet, as the client's ServiceAccount",
    make: (client, scene) =>
      create(client, scene, {
        apiVersion: "apps/v1",
        kind: "ControllerRevision",
        revision: 1,
        data: { spec: { template: podTemplate(scene, { serviceAccountName: scene.identity.serviceAccount }) } },
      }),
  },
  {
    what: "a token of the client's ServiceAccount",
    make: (client, { namespace, identity }) =>
      client.request("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${identity.serviceAccount}/token`, {
        body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
        query: { dryRun: "All" },
      }),
  },
  {
    what: "a Secret with a token of the client's ServiceAccount",
    make: (client, scene) =>
      client.create(
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: {
            ...metadata(scene),
            annotations: { "kubernetes.io/service-account.name": scene.identity.serviceAccount },
          },
          type: "kubernetes.io/service-account-token",
        },
        dry,
      ),
  },
  {
    what: "Pod with the database's labels",
    make: (client, scene) =>
      createPod(client, scene, { labels: { "cnpg.io/cluster": scene.cluster, "cnpg.io/podRole": "instance" } }),
  },
  {
    what: "Pod that mounts the CA's key",
    make: (client, scene) => createPod(client, scene, mounting({ secret: { secretName: `${scene.cluster}-ca` } })),
  },
  {
    what: "Pod that mounts the certificate for replication, projected",
    make: (client, scene) =>
      createPod(
        client,
        scene,
        mounting({ projected: { sources: [{ secret: { name: `${scene.cluster}-replication` } }] } }),
      ),
  },
  {
    what: "Pod with the client's password in a variable",
    make: (client, scene) => {
      const secretKeyRef = { name: scene.identity.secret, key: "password" };
      return createPod(client, scene, { container: { env: [{ name: "PGPASSWORD", valueFrom: { secretKeyRef } }] } });
    },
  },
  {
    what: "Pod that mounts the primary's data",
    make: (client, scene) =>
      createPod(client, scene, mounting({ persistentVolumeClaim: { claimName: `${scene.cluster}-1` } })),
  },
];
