import { z } from "zod";
import { cidr, databaseName, dnsLabel, identifier, podLabels, quantity } from "./fields.ts";
import { SECRET_NAME } from "./patterns.ts";

const workload = z.strictObject({
  namespace: dnsLabel()
    .optional()
    .describe("Namespace of these pods, there already. Default: the database's. Another one: by a `pooler` only."),
  podLabels: podLabels.describe("Pods with all these labels are let in."),
  serviceAccount: z
    .strictObject({
      name: dnsLabel().describe("ServiceAccount of these pods; it may read the client's one Secret."),
      create: z.boolean().default(true).describe("False: the ServiceAccount is there already."),
    })
    .describe("Identity of the workload towards Kubernetes."),
});

const deployer = z.strictObject({
  kind: z.enum(["User", "Group", "ServiceAccount"]).describe("As in a RoleBinding."),
  name: z.string().min(1).describe("Name by which the API server knows it; an OIDC identity is a User or a Group."),
  namespace: dnsLabel().optional().describe("Namespace of a ServiceAccount, and of nothing else."),
});

const range = z.strictObject({
  cidr: cidr.describe(
    "Addresses outside the cluster that are let in, each of them; nothing tells them apart but the password.",
  ),
  reason: z.string().trim().min(1).describe("Why they have to be, for whoever reads this next."),
});

const pooler = z.strictObject({
  name: dnsLabel(30)
    .optional()
    .describe("Names `<cluster>-<pooler>-pooler`, the Pooler and its Service. Default: the client's name."),
  shared: z
    .boolean()
    .default(false)
    .describe(
      "True, at each of them: several clients use this pooler, and each may log in as another if it has the password.",
    ),
  instances: z.int().min(1).max(9).default(2).describe("PgBouncers that share the connections."),
  poolMode: z
    .enum(["session", "transaction"])
    .default("session")
    .describe("`transaction`: a connection is a client's for one transaction only, and keeps no state of its session."),
  parameters: z
    .record(z.string(), z.string().regex(/^[^\r\n]*$/, "a value of one line"))
    .default({})
    .describe("Settings of PgBouncer, `default_pool_size` for one."),
  resources: z
    .strictObject({
      memory: quantity.default("256Mi").describe("Request and limit of each PgBouncer."),
      cpu: quantity.default("100m").describe("CPU request of each PgBouncer."),
    })
    .prefault({})
    .describe("What each PgBouncer gets of its node."),
});

const declaredClient = z.strictObject({
  name: dnsLabel(30).describe("Names allow-<client>-to-<cluster>, <cluster>-<client>-credentials and so on."),
  role: identifier.describe("PostgreSQL role, this client's alone."),
  database: databaseName.describe("The one database the role may connect to; its first client that may write owns it."),
  access: z
    .enum(["readWrite", "readOnly"])
    .default("readWrite")
    .describe("`readOnly`: through group `<database>_reader`, what the database's owner makes, and nothing else."),
  workloads: z.array(workload).default([]).describe("Pods that may use this identity; they, or `cidrs`, are needed."),
  cidrs: z.array(range).default([]).describe("Who may use this identity from outside the cluster."),
  pooler: pooler
    .optional()
    .describe("Left out: it connects to the instances. Else to a PgBouncer of its own (`{}`), and no other way."),
  deployers: z
    .array(deployer)
    .default([])
    .describe("Who may run pods as these ServiceAccounts, besides administrators: people, CI, GitOps."),
  auth: z
    .enum(["password", "cert"])
    .default("password")
    .describe(
      "`cert`: by a certificate that CloudNativePG 1.30 issues and renews, in Secret <cluster>-<client>-client-cert; " +
        "no password. Not for the owner of the database made at the first start.",
    ),
  existingSecret: z
    .string()
    .max(253)
    .regex(SECRET_NAME.pattern, SECRET_NAME.expected)
    .optional()
    .describe(
      "Secret with `username` and `password`, there already: the role keeps that password. " +
        "It is never changed or deleted, and never read into the state. Default: one with a generated password.",
    ),
  passwordVersion: z
    .int()
    .min(1)
    .default(1)
    .describe("Raise it by one to have a new password generated and rolled out by the next `up`."),
});

/** A database identity as a stack file declares it; its pooler is named after it unless it says otherwise. */
export const client = declaredClient.transform(({ pooler: declared, ...rest }) => ({
  ...rest,
  pooler: declared && { ...declared, name: declared.name ?? rest.name },
}));
