import { AuthorityCopies, certificateOf } from "./components/access/authority.ts";
import { isAdopted, takeOver } from "./components/adoption/takeOver.ts";
import { DatabaseAccess } from "./components/access/index.ts";
import { sizeProblems } from "./components/cluster/hetzner/sizes.ts";
import { openCluster } from "./components/cluster/index.ts";
import { inspect } from "./components/cluster/inspect.ts";
import { NOTHING_YET, readAuthority } from "./components/cluster/live.ts";
import { Database } from "./components/database/index.ts";
import { untilWebhookAnswers } from "./components/database/webhook.ts";
import { EnforcementProof } from "./components/enforcement/index.ts";
import { requireEnforcement } from "./components/enforcement/prove.ts";
import { gate } from "./components/gate.ts";
import { Operator } from "./components/operator/index.ts";
import { egressOf, renderedObjects } from "./components/rendered.ts";
import { loadSettings } from "./config.ts";
import type { KubeObject } from "./kube/objects.ts";

const settings = loadSettings(sizeProblems);
const { clients, database, pgbouncer, protect, stack } = settings;
const found = await inspect(settings, renderedObjects);

const cluster = openCluster("cluster", settings, found);
const { provider, adopting, placement, nodes, storageClass, controlPlaneCidrs } = cluster;

const { operators, networkPolicies } = found.live ?? NOTHING_YET;
const operator = new Operator("operator", { ...settings.operator, stack, adopting, found: operators[0] }, { provider });

const marked = {
  provider,
  transformations: [takeOver({ stack, adopted: found.adopted, adopting, connect: () => cluster.connect() })],
};
const egress = egressOf(settings, networkPolicies, cluster.apiServers);
const access = new DatabaseAccess(
  "access",
  {
    ...settings,
    ...{ cluster: database.name, presentLines: database.presentLines, operatorAccount: operator.account },
    ...{ controlPlaneCidrs, egress },
  },
  marked,
);

const canary = { image: database.image, tolerations: placement.tolerations };
const enforcement = new EnforcementProof(
  "enforcement",
  {
    namespace: access.namespace,
    cluster: cluster.identity,
    settings: canary,
    gate: gate("network-policy-enforcement", async () =>
      requireEnforcement(await cluster.connect(), { ...canary, ...settings.enforcement, owner: stack, nodes }),
    ),
  },
  { provider },
);

const pg = new Database(
  "database",
  {
    database,
    clients,
    pgbouncer,
    protect,
    adopted: isAdopted("Cluster", found.adopted),
    placement,
    storageClass,
    namespace: settings.namespace.name,
    pgHba: access.pgHba,
    podSelectorRefs: access.podSelectorRefs,
    webhookReady: gate("webhook", async ({ newInputs }) =>
      untilWebhookAnswers(await cluster.connect(), newInputs as KubeObject, 300),
    ),
  },
  { ...marked, dependsOn: [access, operator, enforcement] },
);

const name = { name: database.name, namespace: settings.namespace.name };
const readLive = async () => readAuthority(await cluster.connect(), name);
const certificate = () => certificateOf(found.live?.authority, pg.clusterName, readLive);
new AuthorityCopies("authority", { cluster: name, clients, certificate }, marked);

// None waits for the database: an `up` that fails on it is to leave behind which cluster it went to.
/** kube-system UID of the cluster; the next `up` refuses any other. */
export const clusterUid = cluster.identity.apply(({ uid }) => uid);
/** Kubeconfig of a cluster that the stack made, secret. */
export const kubeconfig = cluster.kubeconfig;
export const namespace = name.namespace;
export const clusterName = name.name;
/** Secrets with everything a client needs to connect, one a client. */
export const credentials = access.secretNames;
