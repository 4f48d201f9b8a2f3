import * as hcloud from "@pulumi/hcloud";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import type { DatabaseSettings, Toleration } from "../../../config/schema.ts";
import type { HetznerCredentials } from "../../../config/secrets.ts";
import { KubeClient } from "../../../kube/client.ts";
import type { Endpoint } from "../../access/egress.ts";
import type { Placement } from "../../database/cluster.ts";
import type { ProvenCluster } from "../../enforcement/index.ts";
import { gate } from "../../gate.ts";
import { readUid, type LiveCluster } from "../live.ts";
import type { ClusterRoom } from "../room.ts";
import { CLOUD_SECRET } from "./cloudController.ts";
import { caHash, kubeconfig } from "./kubeconfig.ts";
import { privateLoadBalancer, surroundings } from "./network.ts";
import { ClusterPki } from "./pki.ts";
import { databaseNodes, parsedTaint, plan, plannedSans, POOL_LABEL } from "./plan.ts";
import { untilApiServerReady, untilNodesInitialised, untilOthersAreUp } from "./ready.ts";
import { joinTokens } from "./secrets.ts";
import { servers } from "./servers.ts";
import { hetznerStorage, STORAGE_CLASSES } from "./storage.ts";
import { upgrades } from "./upgrades.ts";

export interface HetznerClusterArgs {
  settings: HetznerSettings;
  credentials: HetznerCredentials;
  /** Its instances want a node each. */
  database: Pick<DatabaseSettings, "instances">;
  /** Refuse to delete what the cluster is lost with: CAs, tokens, network, addresses, control plane, servers with data. */
  protect: boolean;
  /** kube-system UID of this stack's cluster, once it has one: from then on no server may start another. */
  clusterUid: string | undefined;
  /** The cluster as it was found; undefined where there is none yet, or it cannot be reached. */
  live: LiveCluster | undefined;
}

/** Seconds for a first boot with its downloads, for all nodes after that, and for a database that catches up. */
const READY_SECONDS = 900;

/** A k3s cluster on Hetzner: certificates first, then network and servers, then what Kubernetes needs of Hetzner. */
export class HetznerCluster extends pulumi.ComponentResource implements ClusterRoom {
  readonly provider: k8s.Provider;
  readonly adopting: k8s.Provider;
  readonly placement: Placement;
  readonly storageClass: string;
  /** None: k3s calls pods from their own node, which is always let in. */
  readonly controlPlaneCidrs: readonly string[] = [];
  readonly apiServers: readonly Endpoint[];
  readonly identity: pulumi.Output<ProvenCluster>;
  readonly nodes: readonly string[];
  /** Content of a kubeconfig file for the cluster's administrator; secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: HetznerClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:cluster:HetznerCluster", name, {}, opts);
    const { settings, credentials, protect, clusterUid } = args;
    const planned = plan(settings);
    const controlPlane = planned.nodes.filter(({ role }) => role === "server");
    const database = databaseNodes(settings, planned);
    const labels = { cluster: settings.clusterName };
    const inKubernetes = { parent: this };

    const project = new hcloud.Provider(`${name}-hcloud`, { token: credentials.hcloudToken }, { parent: this });
    const inProject = { parent: this, provider: project };
    const pki = new ClusterPki(`${name}-pki`, { clusterName: settings.clusterName, protect }, { parent: this });
    const tokens = joinTokens(name, pki.rootCa, { parent: this, protect });

    const primaryIps = new Map(
      controlPlane.map((node) => {
        const ip = new hcloud.PrimaryIp(
          `${name}-ip-${node.name.slice(settings.clusterName.length + 1)}`,
          {
            name: node.name,
            type: "ipv4",
            location: node.location,
            autoDelete: false,
            deleteProtection: protect,
            labels,
          },
          { ...inProject, protect },
        );
        return [node.name, ip] as const;
      }),
    );
    const addresses = pulumi.all([...primaryIps.values()].map(({ ipAddress }) => ipAddress));
    this.kubeconfig = pulumi.secret(
      pulumi.all([pki.serverCa, pki.admin, addresses]).apply(([serverCa, admin, [first]]) =>
        kubeconfig({
          name: settings.clusterName,
          host: settings.kubeconfigServerAddress ?? first ?? "",
          serverCa,
          admin,
        }),
      ),
    );

    const around = surroundings(name, { settings, plan: planned, labels, protect }, inProject);
    const balancerIp = planned.loadBalancerIp;
    const balancerSubnet = around.subnets.get(controlPlane[0]?.pool ?? "");
    if (balancerIp !== undefined && balancerSubnet) {
      const selector = `cluster=${settings.clusterName},role=server`;
      privateLoadBalancer(name, { settings, ip: balancerIp, subnet: balancerSubnet, labels, selector }, inProject);
    }
    const sans = plannedSans(settings, planned);
    const { etcdS3 } = credentials;
    const facts = pulumi
      .all([tokens, pki.serverCa, addresses, etcdS3 && pulumi.output(etcdS3)])
      .apply(([tokens, serverCa, publicIps, s3]) => ({
        tokens,
        serverCa,
        tlsSans: [...publicIps, ...sans],
        etcdS3: s3,
      }));
    const keepsData = settings.databaseStorage === "local" ? database : [];
    const made = servers(
      name,
      {
        ...around,
        settings,
        plan: planned,
        labels,
        primaryIps,
        facts,
        protectedNodes: new Set(protect ? [...controlPlane, ...keepsData].map((node) => node.name) : []),
        beforeStop: async (server) => untilOthersAreUp(await this.connect(), server, { seconds: READY_SECONDS }),
        authorities: clusterUid === undefined ? pki.authorities : undefined,
      },
      inProject,
    );

    const clusterIdentifier = pki.rootCa.apply(caHash);
    const provider = (of: string, more: k8s.ProviderArgs, options: pulumi.ResourceOptions) =>
      new k8s.Provider(
        of,
        { kubeconfig: this.kubeconfig, clusterIdentifier, ...more },
        { ...inKubernetes, ...options },
      );
    const first = controlPlane[0]?.name ?? "";
    // Changes with every server that is added, replaced or resized, and the checks run again.
    const running = pulumi.all(made.map(({ name, id, serverType }) => pulumi.all({ name, id, serverType })));
    const held = (of: string, check: (client: KubeClient) => Promise<void>, dependsOn: pulumi.Resource[]) =>
      new pulumi.Stash(
        `${name}-${of}`,
        { input: running },
        { ...inKubernetes, dependsOn, hooks: gate(`${name}-${of}`, async () => check(await this.connect())) },
      );
    const apiServerReady = held(
      "api-server-ready",
      (client) => untilApiServerReady(client, { name: first, seconds: READY_SECONDS }),
      made,
    );
    const bootstrap = provider(
      `${name}-bootstrap-provider`,
      { enableSecretMutable: true },
      { dependsOn: apiServerReady },
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-cloud-token`,
      {
        metadata: CLOUD_SECRET,
        stringData: { token: credentials.clusterHcloudToken, network: around.network.id },
      },
      { ...inKubernetes, provider: bootstrap },
    );
    const names = planned.nodes.map((node) => node.name);
    const nodesReady = held(
      "nodes-initialised",
      (client) => untilNodesInitialised(client, names, { seconds: READY_SECONDS }),
      [secret],
    );
    const ready = { dependsOn: nodesReady };
    this.provider = provider(`${name}-provider`, { enableSecretMutable: true, enableConfigMapMutable: true }, ready);
    this.adopting = provider(
      `${name}-adopting-provider`,
      { upsertExistingObjects: true, enablePatchForce: true },
      ready,
    );
    if (settings.enableHetznerCsi)
      hetznerStorage(name, settings, protect, { ...inKubernetes, provider: this.provider });
    upgrades(name, settings, () => this.connect(), { ...inKubernetes, provider: this.provider });

    this.nodes = database.map((node) => node.name).sort();
    this.identity = this.#uid(args, nodesReady).apply((uid) => ({
      uid: sameCluster(uid, clusterUid),
      nodes: [...this.nodes],
    }));
    this.placement = {
      nodeSelector: settings.databaseNodepool === undefined ? {} : { [POOL_LABEL]: settings.databaseNodepool },
      tolerations: (database[0]?.taints ?? []).map(toleration),
      distinctNodes: database.length >= args.database.instances,
    };
    this.storageClass = STORAGE_CLASSES[settings.databaseStorage];
    this.apiServers = controlPlane.map(({ privateIp }) => ({ cidr: `${privateIp}/32`, port: 6443 }));
    this.registerOutputs({});
  }

  /**
   * kube-system UID: as it was read before anything was registered, else once the nodes are ready. A preview that cannot
   * reach the cluster goes by the last `up`, or knows none.
   */
  #uid({ live, clusterUid }: HetznerClusterArgs, nodesReady: pulumi.Resource): pulumi.Output<string> {
    if (live) return pulumi.output(live.uid);
    if (pulumi.runtime.isDryRun()) return pulumi.output<unknown>(clusterUid ?? pulumi.unknown) as pulumi.Output<string>;
    return nodesReady.urn.apply(async () => readUid(await this.connect()));
  }

  async connect(): Promise<KubeClient> {
    const content = await new Promise<string>((resolve) => {
      this.kubeconfig.apply(resolve);
    });
    return new KubeClient(content);
  }
}

/** Another cluster under the same name would be empty: nothing is put into it. */
function sameCluster(uid: string, before: string | undefined): string {
  if (before === undefined || before === uid) return uid;
  throw new pulumi.RunError(
    `the cluster's kube-system UID is ${uid}, and it was ${before}: a new, empty cluster has taken its place; restore it from a snapshot of etcd (docs/hetzner.md)`,
  );
}

function toleration(taint: string): Toleration {
  const { key, value, effect } = parsedTaint(taint);
  return { key, operator: "Equal", value, effect: effect as NonNullable<Toleration["effect"]> };
}
