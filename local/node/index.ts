import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { KubeClient } from "../../kube/client.ts";
import { hasCondition } from "../../kube/wait.ts";
import { outcome } from "../exec.ts";
import { step } from "../log.ts";
import { tool } from "../toolchain.ts";
import { addonDeployments, applyAddons } from "./addons.ts";
import { createNodeCgroups, removeNodeCgroups } from "./cgroups.ts";
import { writeConfigs } from "./config.ts";
import { importImages, untilContainerdAnswers } from "./containerd.ts";
import { ensureRunning, isHealthy, logOf, pidOf, untilReady } from "./daemon.ts";
import { daemon, daemonTools, type DaemonName } from "./daemons.ts";
import { networkPolicyEngine } from "./engine.ts";
import { packImages } from "./images.ts";
import { network, nodeDir, nodeName, paths } from "./layout.ts";
import { leftovers } from "./leftovers.ts";
import { exclusively } from "./lock.ts";
import { createNamespaces, insideNode, refuseTakenAddresses, removeNamespaces } from "./namespaces.ts";
import { installPackages, loadModules } from "./packages.ts";
import { createPki } from "./pki.ts";
import { preflight } from "./preflight.ts";

export { networkPolicyEngine, leftovers };

/** State of one daemon of the node. */
export interface DaemonStatus {
  name: DaemonName;
  /** Process id; undefined when it does not run. */
  pid: number | undefined;
  /** Path of its log. */
  log: string;
}

/** State of the node on this machine. */
export interface NodeStatus {
  /** `up`: every daemon runs and the node is Ready; `down`: nothing of it is on this machine; `broken`: anything else, which `up` mends. */
  state: "up" | "broken" | "down";
  daemons: DaemonStatus[];
  /** Path of the administrator's kubeconfig; undefined where there is none. */
  kubeconfig: string | undefined;
  /** Everything on this machine that belongs to the node, one line each. */
  parts: string[];
}

/**
 * Brings the node to where it should be, from wherever it is: nothing, half up after a crash, or healthy.
 * Resolves when it is Ready, cluster DNS answers and volumes can be provisioned.
 * @returns path of the administrator's kubeconfig (mode 0600)
 * @throws Refusal naming what is missing, or the daemon that failed with the end of its log
 */
export function up(): Promise<{ kubeconfig: string }> {
  return exclusively("up", async () => {
    await preflight();
    await installPackages();
    await loadModules();
    await refuseTakenAddresses();
    const binaries = new Map<DaemonName, string>([["containerd", "containerd"]]);
    for (const name of daemonTools) binaries.set(name, await tool(name));
    const images = await packImages();
    const start = (name: DaemonName) => ensureRunning(daemon(name, binaries.get(name) ?? name));

    createNodeCgroups();
    await createNamespaces();
    await createPki(paths.pki);
    writeConfigs();
    const client = new KubeClient(readFileSync(paths.kubeconfig, "utf8"));

    for (const name of ["etcd", "kube-apiserver", "containerd"] as const) await start(name);
    await untilContainerdAnswers();
    await Promise.all([importImages(images), startKubernetes(client, start)]);
    for (const name of addonDeployments) {
      await untilReady("kubelet", `Deployment kube-system/${name} available`, 60, () => isAvailable(client, name));
    }
    await untilReady("kube-proxy", "cluster DNS reachable", 30, isDnsReachable);
    step(`node ${nodeName} is ready: export KUBECONFIG=${paths.kubeconfig}`);
    return { kubeconfig: paths.kubeconfig };
  });
}

/** Removes the node with everything it has left on this machine, except the cache of builds and images. */
export function down(): Promise<void> {
  return exclusively("down", async () => {
    if (leftovers().length === 0) {
      step("no local node on this machine");
      return;
    }
    await removeNodeCgroups();
    await removeNamespaces();
    await rm(nodeDir, { recursive: true, force: true });
    step("the local node is gone");
  });
}

/** What of the node is on this machine, and whether it works. Changes nothing. */
export async function status(): Promise<NodeStatus> {
  const daemons = [...daemonTools, "containerd" as const].map((name) => ({ name, pid: pidOf(name), log: logOf(name) }));
  const kubeconfig = existsSync(paths.kubeconfig) ? paths.kubeconfig : undefined;
  const parts = leftovers();
  const complete = kubeconfig !== undefined && daemons.every(({ pid }) => pid !== undefined);
  const ready = complete && (await isNodeReady(new KubeClient(readFileSync(kubeconfig, "utf8"))));
  return { state: ready ? "up" : parts.length === 0 ? "down" : "broken", daemons, kubeconfig, parts };
}

async function startKubernetes(client: KubeClient, start: (name: DaemonName) => Promise<void>): Promise<void> {
  await untilReady("kube-apiserver", "ready", 60, () => answers(client, "/readyz"));
  for (const name of ["kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy"] as const) await start(name);
  await applyAddons(client);
  await networkPolicyEngine.start();
  await untilReady("kubelet", "healthy", 30, () => isHealthy(`http://${network.node}:10248/healthz`));
  await untilReady("kubelet", "node Ready", 60, () => isNodeReady(client));
}

function answers(client: KubeClient, path: string): Promise<boolean> {
  return client.request("GET", path, { timeout: 2000 }).then(
    () => true,
    () => false,
  );
}

async function isNodeReady(client: KubeClient): Promise<boolean> {
  const node = await client.get({ apiVersion: "v1", kind: "Node", name: nodeName }).catch(() => undefined);
  return node !== undefined && hasCondition(node, "Ready");
}

async function isAvailable(client: KubeClient, name: string): Promise<boolean> {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: "kube-system", name };
  const deployment = await client.get(ref);
  return deployment !== undefined && hasCondition(deployment, "Available");
}

async function isDnsReachable(): Promise<boolean> {
  const [command = "", ...args] = insideNode("timeout", "2", "bash", "-c", `</dev/tcp/${network.dnsService}/53`);
  return (await outcome(command, args)).code === 0;
}
