import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeClient } from "../../../kube/client.ts";
import { refOf, type KubeObject } from "../../../kube/objects.ts";
import { podStatus, untilRunning } from "../../../kube/pods.ts";
import { until, untilGone } from "../../../kube/wait.ts";
import { policyManifest, type PolicyManifest } from "./generate.ts";
import { namespaces, pods, sentinels, socketOf } from "./pods.ts";
import { tryAll, type Target } from "./prober.ts";

const image = "localhost/postgresql:15-bookworm";

/** Real pods under the real engine, and policies on them. */
export interface Lab {
  /** The pods as the API server shows them, with their addresses. */
  readonly pods: readonly KubeObject[];
  /** Puts exactly these policies in force, and waits until the engine has done so. */
  readonly enforce: (policies: readonly PolicyManifest[]) => Promise<void>;
  /** Lets the engine list everything anew. */
  readonly resync: () => Promise<void>;
  /** Tries connections from a pod. */
  readonly tryFrom: (pod: KubeObject, targets: readonly Target[], milliseconds: number) => Promise<boolean[]>;
  readonly remove: () => Promise<void>;
}

export async function startLab(client: KubeClient): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "policy-network-"));
  copyFileSync(new URL("prober.pl", import.meta.url), join(folder, "prober.pl"));
  const spaces = [...namespaces, sentinels.namespace];
  const wanted = [...pods(folder, image), ...sentinels.pods(folder, image)];
  const policyPath = (namespace: string) => ({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace });
  let enforced: readonly PolicyManifest[] = [];
  let isOpen = true;

  async function removeNamespaces(): Promise<void> {
    for (const space of spaces) await client.delete(refOf(space));
    for (const space of spaces) await untilGone(client, refOf(space), { seconds: 120 });
  }

  await removeNamespaces();
  for (const space of spaces) await client.create(space);
  await Promise.all(spaces.map(({ metadata }) => untilServiceAccount(client, metadata.name ?? "")));
  for (const pod of wanted) await client.create(pod);
  const running = await Promise.all(
    spaces.map(({ metadata: { name = "" } }) => {
      const count = wanted.filter(({ metadata }) => metadata.namespace === name).length;
      return untilRunning(client, name, "", count, { seconds: 300 });
    }),
  );
  const socket = ({ metadata }: KubeObject) => socketOf(folder, metadata.namespace ?? "", metadata.name ?? "");
  for (const pod of wanted) {
    await until(`prober of ${socket(pod)}`, () => Promise.resolve(existsSync(socket(pod)) || undefined), {
      seconds: 30,
    });
  }

  /** The engine puts all policies in force at once, so it has caught up as soon as a policy written last works. */
  async function untilCaughtUp(): Promise<void> {
    isOpen = !isOpen;
    const { name = "" } = sentinels.namespace.metadata;
    await client.apply(policyManifest(name, "sentinel", { podSelector: {}, ingress: isOpen ? [{}] : [] }));
    const [asker, target] = running.flat().filter(({ metadata }) => metadata.namespace === name);
    if (asker === undefined || target === undefined) throw new Error("the sentinels are missing");
    const { podIP: address = "" } = podStatus(target);
    const look = async () => {
      const [connects] = await tryAll(socket(asker), [{ address, port: sentinels.port, protocol: "TCP" }], 300);
      return connects === isOpen ? true : undefined;
    };
    await until("the engine to catch up", look, { seconds: 30, interval: 50 });
  }

  return {
    pods: running.flat().filter(({ metadata }) => metadata.namespace !== sentinels.namespace.metadata.name),
    resync: untilCaughtUp,
    async remove() {
      await removeNamespaces();
      rmSync(folder, { recursive: true, force: true });
    },
    async enforce(policies) {
      await Promise.all(
        enforced.map(({ metadata: { namespace = "", name } }) => client.delete({ ...policyPath(namespace), name })),
      );
      enforced = policies;
      await Promise.all(policies.map((policy) => client.create(policy)));
      await untilCaughtUp();
    },
    tryFrom: (pod, targets, milliseconds) => tryAll(socket(pod), targets, milliseconds),
  };
}

function untilServiceAccount(client: KubeClient, namespace: string): Promise<KubeObject> {
  const account = { apiVersion: "v1", kind: "ServiceAccount", namespace, name: "default" };
  return until(`ServiceAccount ${namespace}/default`, () => client.get(account), { seconds: 30, interval: 100 });
}
