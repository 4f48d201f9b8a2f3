import { z } from "zod";
import { client } from "./clientSchema.ts";
import { cidr, databaseName, dnsLabel, identifier, labels, podLabels, quantity } from "./fields.ts";
import { hetznerSchema, kubeHetznerSchema } from "./hetzner/schema.ts";
import { HBA_LINE, IMAGE, PGBOUNCER_IMAGE } from "./patterns.ts";

const toleration = z.strictObject({
  key: z.string().optional().describe("Key of the taint; every key when left out."),
  operator: z.enum(["Equal", "Exists"]).optional().describe("How `value` is compared; Equal when left out."),
  value: z.string().optional().describe("Value of the taint."),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .optional()
    .describe("Effect of the taint; every effect when left out."),
});

const cluster = z.strictObject({
  kind: z
    .literal("existing")
    .optional()
    .describe("What it is without `hetzner`: the cluster of the secret key `kubeconfig`."),
  context: z.string().optional().describe("Context of the kubeconfig; its current one when left out."),
  nodeSelector: labels.default({}).describe("Labels of the nodes the database runs on."),
  tolerations: z.array(toleration).default([]).describe("Taints of those nodes that the database tolerates."),
  distinctNodes: z
    .boolean()
    .optional()
    .describe("Whether no two instances share a node. Default: where there are as many such nodes as instances."),
  storageClass: z.string().optional().describe("StorageClass of the volumes; the cluster's default when left out."),
  controlPlaneCidrs: z
    .array(cidr)
    .default([])
    .describe("Addresses of the control plane, let through to port 8000 so that `kubectl cnpg status` works."),
  kubeHetzner: kubeHetznerSchema
    .optional()
    .describe("Settings of the cluster that is there, where kube-hetzner made it: they are held to the same rules."),
  hetzner: hetznerSchema
    .optional()
    .describe("The cluster to make on Hetzner, in kube-hetzner v3's words; instead of all the keys above."),
});

const operator = z.strictObject({
  install: z
    .enum(["chart", "manifest", "existing"])
    .default("chart")
    .describe(
      "`chart`: the pinned Helm chart. `manifest`: the pinned release manifest, needs no chart repository. " +
        "`existing`: an operator that somebody else installed; only its version is checked.",
    ),
  namespace: dnsLabel().default("cnpg-system").describe("Namespace of the operator. The manifest's is cnpg-system."),
  podLabels: podLabels
    .default({ "app.kubernetes.io/name": "cloudnative-pg" })
    .describe("Labels of the operator's pods: who is let through to port 8000."),
});

const namespace = z.strictObject({
  name: dnsLabel().default("production").describe("Namespace of the database and of its clients."),
  existing: z
    .boolean()
    .default(false)
    .describe("True: it is somebody else's; never changed or deleted, only its Pod Security labels are checked."),
});

const destination = z.strictObject({
  cidr: cidr.describe("Addresses that the database's pods have to reach, an object store's for one."),
  port: z.int().min(1).max(65535).default(443).describe("Their one port."),
  reason: z.string().trim().min(1).describe("Why they have to."),
});

const egress = z.strictObject({
  restricted: z
    .boolean()
    .default(false)
    .describe(
      "True: the database's pods reach DNS, the API server, each other, `to`, and nothing else. " +
        "False leaves them as they are, and adds these where a policy of the namespace isolates them already.",
    ),
  to: z.array(destination).default([]).describe("What else they reach then."),
});

const database = z.strictObject({
  name: dnsLabel(50).default("pg").describe("Name of the CloudNativePG Cluster."),
  instances: z.int().min(1).max(9).default(3).describe("PostgreSQL instances: one primary, the others standbys."),
  image: z
    .string()
    .regex(IMAGE.pattern, IMAGE.expected)
    .default("ghcr.io/cloudnative-pg/postgresql:18.4-standard-trixie")
    .describe("Operand image; the tag starts with the PostgreSQL version."),
  bootstrap: z
    .strictObject({
      database: databaseName.describe("Database made at the first start."),
      owner: identifier.describe("Role that owns it."),
    })
    .optional()
    .describe("Database and owner made at the first start, never to change. Default: those of the first client."),
  storage: z
    .strictObject({
      size: quantity.default("10Gi").describe("Data volume of each instance."),
      walSize: quantity
        .nullable()
        .default("5Gi")
        .describe("WAL volume of each instance; null keeps WAL on the data volume. Cannot be removed later."),
    })
    .prefault({})
    .describe("Volumes of each instance."),
  resources: z
    .strictObject({
      memory: quantity.default("2Gi").describe("Request and limit of each instance; parameters derive from it."),
      cpu: quantity.default("1").describe("CPU request of each instance."),
    })
    .prefault({})
    .describe("What each instance gets of its node."),
  synchronous: z
    .strictObject({
      method: z.enum(["any", "first"]).default("any").describe("How standbys are chosen for a commit."),
      number: z.int().min(1).default(1).describe("Standbys that must have a commit before it is acknowledged."),
      dataDurability: z
        .enum(["required", "preferred"])
        .default("required")
        .describe("`preferred` acknowledges without standbys when none is there, and can lose commits."),
    })
    .nullable()
    .prefault({})
    .describe("Synchronous replication; null turns it off (one instance needs null)."),
  egress: egress.prefault({}).describe("What the database's pods may reach."),
  parameters: z
    .record(z.string().regex(/^[a-z][a-z0-9_.]*$/, "the name of a PostgreSQL parameter"), z.string())
    .default({})
    .describe("PostgreSQL parameters, over the defaults that derive from the memory request."),
  presentLines: z
    .array(z.string().regex(HBA_LINE.pattern, HBA_LINE.expected))
    .default([])
    .describe("User lines of pg_hba of a Cluster that is taken over: kept after ours, as long as `mode` is observe."),
  readyTimeoutMinutes: z.int().min(1).default(15).describe("How long `up` waits for all instances."),
});

const pgbouncer = z.strictObject({
  image: z
    .string()
    .regex(PGBOUNCER_IMAGE.pattern, PGBOUNCER_IMAGE.expected)
    .default("ghcr.io/cloudnative-pg/pgbouncer:1.25.1")
    .describe("Image of PgBouncer, 1.19 or later."),
});

const scraper = z.strictObject({
  namespace: dnsLabel().describe("Namespace of the scraper's pods."),
  podLabels: podLabels.describe(
    "Pods with all these labels are let through to the metrics: port 9187, and 9127 of poolers.",
  ),
});

const enforcement = z.strictObject({
  timeoutSeconds: z
    .int()
    .min(30)
    .default(180)
    .describe("How long the proof that the CNI enforces NetworkPolicy may take."),
});

/** Stack configuration without `kubeconfig`, which is a secret of its own: one key of the stack file each. */
export const schema = z.strictObject({
  cluster: cluster.prefault({}).describe("The Kubernetes cluster."),
  operator: operator.prefault({}).describe("The CloudNativePG operator."),
  namespace: namespace.prefault({}).describe("Where the database lives."),
  clients: z.array(client).min(1).describe("Who may reach the database, and as whom."),
  database: database.prefault({}).describe("The PostgreSQL cluster."),
  pgbouncer: pgbouncer.prefault({}).describe("What all poolers have in common."),
  scrapers: z.array(scraper).default([]).describe("Who reads the database's metrics, Prometheus for one."),
  enforcement: enforcement.prefault({}).describe("The proof that NetworkPolicies are enforced."),
  mode: z
    .enum(["enforce", "observe"])
    .default("enforce")
    .describe(
      "`observe`: all is made but what turns anybody away (closing line of pg_hba, NetworkPolicies), and admission " +
        "policies only warn and audit; every preview lists who is connected and would be refused.",
    ),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      "True: a Cluster, and Databases, that somebody else made under the names of ours are taken over, and left by " +
        "`destroy`. False: they stop the program.",
    ),
  protect: z
    .boolean()
    .default(true)
    .describe("Refuse to delete what holds data or credentials: Namespace, Cluster, passwords, Secrets."),
});

/** Valid stack configuration, every default filled in. */
export type Config = z.output<typeof schema>;
/** A database identity: one role, one credential, one or more workloads that may use it. */
export type Client = Config["clients"][number];
/** A client's pooler. */
export type PoolerSettings = NonNullable<Client["pooler"]>;
/** What all poolers have in common. */
export type PgBouncerSettings = Config["pgbouncer"];
/** Whoever reads metrics. */
export type Scraper = Config["scrapers"][number];
/** Pods, by label, and the ServiceAccount they run as. */
export type Workload = Client["workloads"][number];
export type ClusterSettings = Config["cluster"];
export type OperatorSettings = Config["operator"];
export type DatabaseSettings = Config["database"];
export type NamespaceSettings = Config["namespace"];
export type Toleration = ClusterSettings["tolerations"][number];
