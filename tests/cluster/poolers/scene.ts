import { probeConfigMap, probePod } from "../../../components/enforcement/pod.ts";
import { askLogin, askTcp, probe, type Answer } from "../../../components/enforcement/probe.ts";
import { POD_SECURITY_RESTRICTED } from "../../../components/namespace.ts";
import type { KubeClient } from "../../../kube/client.ts";
import { exec } from "../../../kube/exec.ts";
import { createNamespace } from "../../../kube/namespace.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { podStatus, untilRunning } from "../../../kube/pods.ts";
import { until } from "../../../kube/wait.ts";
import { operandImage } from "../../../local/node/operand.ts";
import { app as owner, reports, workload } from "../clients.ts";
import { connects } from "../instances.ts";
import { decoded, ref } from "../support.ts";

export const namespace = "production";
/** A namespace of clients. */
export const web = "web";
export const labels = { "hcloud-postgres/test": "poolers" };

export const app = { ...owner, pooler: {} };
export const shop = {
  name: "shop",
  role: "Shop-User",
  database: "Shop-1",
  workloads: workload("shop"),
  pooler: { instances: 1, poolMode: "transaction", parameters: { default_pool_size: "5" } },
};
export const front = {
  name: "front",
  role: "front",
  database: "app",
  workloads: workload("front").map((one) => ({ namespace: web, ...one })),
  pooler: { instances: 1 },
};
export const direct = { name: "direct", role: "direct", database: "app", workloads: workload("direct") };
const sharing = (name: string) => ({
  ...{ name, role: name, database: "app", workloads: workload(name) },
  pooler: { name: "both", shared: true, instances: 1 },
});
export const clients = [app, shop, front, direct, reports, sharing("left"), sharing("right")];
export const scrapers = [{ namespace, podLabels: { app: "scraper" } }];

export type Name = "app" | "shop" | "front" | "direct" | "reports" | "left" | "right";
export const names: readonly Name[] = ["app", "shop", "front", "direct", "reports", "left", "right"];
/** Pods that ask and are no clients. */
export const strangers = ["stranger", "scraper", "web-stranger"];

/** Where the pod of somebody is. */
export function placeOf(name: string): string {
  return name === "front" || name.startsWith("web-") ? web : namespace;
}

/** A pod to ask from; with a label and without a ServiceAccount of its own it only pretends. */
export function podOf(name: string, app?: string, serviceAccountName?: string): KubeObject {
  return probePod({
    ...{ namespace: placeOf(name), name: `poolers-${name}`, labels: { ...labels, ...(app !== undefined && { app }) } },
    ...{ image: operandImage, configMap: "poolers", lifetimeSeconds: 1800, restartPolicy: "Always" },
    ...(serviceAccountName !== undefined && { serviceAccountName }),
  });
}

/** Brings up a namespace for clients. */
export function makeWeb(client: KubeClient): Promise<void> {
  const metadata = { name: web, labels: POD_SECURITY_RESTRICTED };
  return createNamespace(client, { apiVersion: "v1", kind: "Namespace", metadata });
}

/** Everybody who asks, and what answers them. */
export class Scene {
  readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  /** Brings up a pod of each client and of strangers, and waits until the clients get in. */
  async raise(): Promise<void> {
    const { client } = this;
    for (const place of [namespace, web]) {
      const ca = decoded(await client.get(ref.secret(place, "pg-ca")), "ca.crt");
      const object = probeConfigMap(place, "poolers", { "ca.crt": ca });
      await client.apply({ ...object, metadata: { ...object.metadata, labels } });
    }
    for (const { name, workloads } of clients) {
      const label = workloads[0]?.podLabels.app;
      await client.create(podOf(name, label, label));
    }
    for (const name of strangers) await client.create(podOf(name, name === "scraper" ? name : undefined));
    await untilRunning(client, namespace, "hcloud-postgres/test=poolers", 8, { seconds: 120 });
    await untilRunning(client, web, "hcloud-postgres/test=poolers", 2, { seconds: 120 });
    await Promise.all(names.map((name) => this.letIn(name)));
  }

  asker(name: string) {
    return { namespace: placeOf(name), pod: `poolers-${name}` };
  }

  /** Whether packets arrive. */
  async reaches(from: string, host: string, port = 5432): Promise<boolean> {
    const { outcome, message } = await askTcp(this.client, this.asker(from), { host, port }, 3);
    if (outcome === "error") throw new Error(message);
    return outcome === "connected";
  }

  /** The same from a pod of the database's, which has no probe, but a shell. */
  reachesFrom(pod: string, container: string, host: string): Promise<boolean> {
    return connects(this.client, { namespace, pod, container }, host, 5432);
  }

  /** Logs in from a pod with what the Secret of a client says, some of it changed. */
  async login(from: string, as = from, changes: Record<string, string> = {}, password?: string): Promise<Answer> {
    const of = await this.#credentials(as);
    const environment = {
      ...{ PGHOST: of("host"), PGPORT: of("port"), PGUSER: of("username"), PGDATABASE: of("dbname") },
      ...{ PGSSLMODE: of("sslmode"), PGSSLROOTCERT: `${probe.directory}/ca.crt`, ...changes },
    };
    return askLogin(this.client, this.asker(from), { environment, password: password ?? of("password") }, 5);
  }

  async letIn(name: Name): Promise<void> {
    const isIn = async () => ((await this.login(name)).outcome === "in" ? true : undefined);
    await until(`${name} let in`, isIn, { seconds: 90 });
  }

  /** Runs SQL from a client's pod, as the client. */
  async sql(from: Name, statement: string): Promise<string> {
    const of = await this.#credentials(from);
    const conninfo = `host=${of("host")} dbname=${of("dbname")} user=${of("username")} sslmode=require`;
    const script = 'read -r PGPASSWORD; export PGPASSWORD; exec psql -XAtq "$1" -c "$2"';
    const target = { ...this.asker(from), container: probe.container };
    const command = ["sh", "-c", script, "sh", conninfo, statement];
    const options = { input: `${of("password")}\n`, seconds: 240 };
    const { code, stdout, stderr } = await exec(this.client, target, command, options);
    return code === 0 ? stdout : stderr;
  }

  /** Names and addresses of the pods of a client's pooler. */
  async poolerOf(name: string): Promise<{ name: string; address: string }[]> {
    const labelSelector = `cnpg.io/poolerName=pg-${name}-pooler`;
    const pods = await this.client.list(ref.pods(namespace), { labelSelector });
    return pods.map((pod) => ({ name: pod.metadata.name ?? "", address: podStatus(pod).podIP ?? "" }));
  }

  async #credentials(name: string): Promise<(key: string) => string> {
    const secret = await this.client.get(ref.secret(placeOf(name), `pg-${name}-credentials`));
    return (key) => decoded(secret, key);
  }
}
