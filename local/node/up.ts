import { existsSync, readFileSync } from "node:fs";
import { KubeClient } from "../../kube/client.ts";
import { step } from "../log.ts";
import { installPackages } from "../packages.ts";
import { tool } from "../toolchain.ts";
import { addonDeployments, applyAddons } from "./addons.ts";
import { createNodeCgroups } from "./cgroups.ts";
import { writeConfigs } from "./config.ts";
import { importImages, untilContainerdAnswers } from "./containerd.ts";
import { ensureRunning, failure, pidOf, untilReady } from "./daemon.ts";
import { daemon, daemonNames, daemonTools, type DaemonName } from "./daemons.ts";
import { removeRuntime } from "./down.ts";
import { networkPolicyEngine } from "./engine.ts";
import { packImages } from "./images.ts";
import { network, nodeDir, nodeName, paths } from "./layout.ts";
import { exclusively } from "./lock.ts";
import { createNamespaces, isHeld, refuseTakenAddresses } from "./namespaces.ts";
import { loadModules, nodePackages } from "./packages.ts";
import { createPki } from "./pki.ts";
import { preflight } from "./preflight.ts";
import { arePodsReachable, isApiReady, isAvailable, isDnsReachable, isHealthy, isNodeReady } from "./probes.ts";

type Start = (daemon: DaemonName) => Promise<void>;

/**
 * Brings the node to where it should be, from wherever it is: nothing, half up after a crash, or healthy.
 * Resolves when it is Ready, cluster DNS answers and volumes can be provisioned.
 * @returns path of the administrator's kubeconfig (mode 0600)
 * @throws Refusal naming what is missing, or the daemon that failed with the end of its log
 */
export function up(): Promise<{ kubeconfig: string }> {
  return exclusively("up", async () => {
    await preflight();
    await installPackages(nodePackages);
    await loadModules();
    await refuseTakenAddresses();
    const binaries = new Map<DaemonName, string>([["containerd", "containerd"]]);
    for (const name of daemonTools) binaries.set(name, await tool(name));
    const images = await packImages();

    // Processes without their state, or outside the namespaces that can still be entered, can only be replaced.
    if (!existsSync(nodeDir) || !isHeld()) await removeRuntime();
    createNodeCgroups();
    await createNamespaces();
    await createPki(paths.pki);
    writeConfigs();

    const client = new KubeClient(readFileSync(paths.kubeconfig, "utf8"));
    const start: Start = (name) => ensureRunning(daemon(name, binaries.get(name) ?? name));
    for (const name of ["etcd", "kube-apiserver", "containerd"] as const) await start(name);
    await untilContainerdAnswers();
    await Promise.all([importImages(images), startKubernetes(client, start)]);
    await untilServing(client);
    step(`node ${nodeName} is ready: export KUBECONFIG=${paths.kubeconfig}`);
    return { kubeconfig: paths.kubeconfig };
  });
}

async function startKubernetes(client: KubeClient, start: Start): Promise<void> {
  await untilReady("kube-apiserver", "ready", 60, () => isApiReady(client));
  for (const name of ["kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy"] as const) await start(name);
  await applyAddons(client).catch((error: unknown) => {
    throw failure("kube-apiserver", error instanceof Error ? error.message : String(error));
  });
  await untilReady("kubelet", "healthy", 30, () => isHealthy(`http://${network.node}:10248/healthz`));
  await untilReady("kubelet", "node Ready", 60, () => isNodeReady(client));
  await networkPolicyEngine.start();
}

async function untilServing(client: KubeClient): Promise<void> {
  for (const name of addonDeployments) {
    await untilReady("kubelet", `Deployment kube-system/${name} available`, 60, () => isAvailable(client, name));
  }
  await untilReady("kubelet", "pods reachable", 30, () => arePodsReachable(client));
  await untilReady("kube-proxy", "cluster DNS reachable", 30, isDnsReachable);
  for (const name of daemonNames) if (pidOf(name) === undefined) throw failure(name, "has ended");
}
