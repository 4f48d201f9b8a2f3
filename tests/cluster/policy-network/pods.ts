import type { KubeObject } from "../../../kube/objects.ts";

/** The ports that every pod of the test serves, by TCP and by UDP, whatever it declares. */
export const served = [5432, 5433, 8000, 9187] as const;

/** What the names of the namespaces of labs start with that stand side by side; policies of one see the pods of all. */
export const sideBySide = ["", "b-", "c-"] as const;

/**
 * The namespaces of one lab. Two of their names share a beginning, so that policies can collide whose namespace and name
 * join to the same letters; the third wears no label.
 */
export function namespacesOf(lab: string): readonly KubeObject[] {
  return [
    namespace(`${lab}lab`, { team: "data", stage: "live" }),
    namespace(`${lab}lab2`, { team: "apps" }),
    namespace(`${lab}lab-other`, {}),
  ];
}

/** The namespaces of all labs. */
export const namespaces = sideBySide.flatMap(namespacesOf);

/** Whether a namespace belongs to a lab. */
export function isIn(lab: string, namespace = ""): boolean {
  return namespacesOf(lab).some(({ metadata }) => metadata.name === namespace);
}

interface Declared {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

interface PodArgs {
  readonly labels: Record<string, string>;
  readonly ports?: readonly Declared[];
  /** Ports of an init container that keeps running. */
  readonly sidecar?: readonly Declared[];
  readonly hostNetwork?: boolean;
}

const db: Declared = { name: "db", containerPort: 5432 };
const metrics: Declared = { name: "metrics", containerPort: 9187 };
const unnamed: Declared = { containerPort: 9187 };

/** What the pods wear and declare: names with the same and with other numbers, shared unnamed ports, none at all. */
const wardrobe: readonly (readonly [string, string, PodArgs])[] = [
  ["lab", "pg-1", { labels: { cluster: "pg", role: "primary" }, ports: [db, metrics] }],
  [
    "lab",
    "pg-2",
    { labels: { cluster: "pg", role: "replica" }, ports: [{ name: "db", containerPort: 5433 }, unnamed] },
  ],
  ["lab", "pg-3", { labels: { cluster: "pg", role: "replica", tier: "Web" }, ports: [metrics] }],
  [
    "lab",
    "app-1",
    { labels: { app: "myapp", tier: "web" }, ports: [unnamed, { name: "db", containerPort: 8000, protocol: "UDP" }] },
  ],
  ["lab", "app-2", { labels: { app: "myapp" }, sidecar: [{ name: "side", containerPort: 5433 }] }],
  ["lab", "bare", { labels: {} }],
  ["lab2", "app-1", { labels: { app: "myapp", tier: "web" }, ports: [{ name: "db", containerPort: 8000 }] }],
  ["lab2", "app-2", { labels: { app: "other" }, sidecar: [{ name: "side", containerPort: 8000 }] }],
  ["lab2", "pg-1", { labels: { cluster: "pg" }, ports: [db, { name: "side", containerPort: 9187 }] }],
  ["lab2", "bare", { labels: {} }],
  ["lab-other", "app-1", { labels: { app: "myapp" }, ports: [db] }],
  ["lab-other", "pg-1", { labels: { cluster: "other", tier: "web" }, ports: [metrics, db] }],
  ["lab-other", "bare", { labels: {}, ports: [metrics], sidecar: [{ name: "db", containerPort: 5433 }] }],
  ["lab-other", "node", { labels: { app: "myapp" }, hostNetwork: true }],
];

/** The pods of all labs. Each runs the prober of `folder`, with its Unix socket in the same folder. */
export function pods(folder: string, image: string): KubeObject[] {
  return sideBySide.flatMap((lab) =>
    wardrobe.map(([namespace, name, args]) => pod(folder, image, `${lab}${namespace}`, name, args)),
  );
}

/** Two pods on which one policy shows, by letting in or not, how far the engine has come. */
export const sentinels = {
  namespace: namespace("lab-sentinel", {}),
  port: served[0],
  pods: (folder: string, image: string): KubeObject[] =>
    ["asker", "target"].map((name) => pod(folder, image, "lab-sentinel", name, { labels: {} })),
} as const;

/** Where a pod's prober listens. */
export function socketOf(folder: string, namespace: string, name: string): string {
  return `${folder}/${namespace}.${name}.sock`;
}

function namespace(name: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function pod(folder: string, image: string, namespace: string, name: string, args: PodArgs): KubeObject {
  // On the host network the prober only asks: its ports would be the node's.
  const ports = args.hostNetwork === true ? [] : served.map(String);
  const command = ["perl", `${folder}/prober.pl`, socketOf(folder, namespace, name), ...ports];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: args.labels },
    spec: {
      hostNetwork: args.hostNetwork ?? false,
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      volumes: [{ name: "probes", hostPath: { path: folder, type: "Directory" } }],
      initContainers: (args.sidecar === undefined ? [] : [args.sidecar]).map((declared) => ({
        name: "sidecar",
        image,
        restartPolicy: "Always",
        command: ["sleep", "infinity"],
        ports: declared,
      })),
      containers: [
        {
          name: "prober",
          image,
          command,
          securityContext: { runAsUser: 0 },
          ports: args.ports ?? [],
          volumeMounts: [{ name: "probes", mountPath: folder }],
        },
      ],
    },
  };
}
