import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeClient } from "../../kube/client.ts";
import { tool } from "../../local/toolchain.ts";
import { freePorts } from "../freePorts.ts";

/** A control plane without nodes: etcd, kube-apiserver, and the controller that fills aggregated ClusterRoles. */
export interface ControlPlane {
  /** An administrator's client. */
  readonly client: KubeClient;
  /** The client of whoever has this token; of nobody in particular without one. `jane` is the token of the user jane, who may act `as` another, `kubelet` that of a node. */
  readonly clientWith: (token?: string, as?: string) => KubeClient;
  /** Stops everything and removes its files. */
  readonly stop: () => Promise<void>;
}

const name = "tested";
/** Token, user, uid, group. */
const tokens = [
  "administrator,administrator,administrator,system:masters",
  "jane,jane,jane",
  "kubelet,system:node:node1,kubelet,system:nodes",
  "",
].join("\n");
const readyWithinMs = 120_000;

/** Starts a control plane on loopback, with ports and files of its own. */
export async function startControlPlane(): Promise<ControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), "control-plane-"));
  const at = (name: string) => join(directory, name);
  const started: ChildProcess[] = [];
  const killAll = () => {
    for (const child of started) child.kill("SIGKILL");
  };
  process.once("exit", killAll);

  const stop = async () => {
    for (const child of started.reverse()) await end(child);
    process.removeListener("exit", killAll);
    await rm(directory, { recursive: true, force: true });
  };
  const start = async (name: "etcd" | "kube-apiserver" | "kube-controller-manager", args: Record<string, string>) => {
    const log = await open(at(`${name}.log`), "w");
    const flags = Object.entries(args).map(([flag, value]) => `--${flag}=${value}`);
    const child = spawn(await tool(name), flags, { cwd: directory, stdio: ["ignore", log.fd, log.fd] });
    started.push(child);
    await once(child, "spawn");
    await log.close();
  };

  try {
    const [port = "", clientPort = "", peerPort = ""] = (await freePorts(3)).map(String);
    const store = `http://127.0.0.1:${clientPort}`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(at("accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
    await writeFile(at("tokens.csv"), tokens);

    await start("etcd", {
      "data-dir": at("etcd"),
      "listen-client-urls": store,
      "advertise-client-urls": store,
      "listen-peer-urls": `http://127.0.0.1:${peerPort}`,
      "unsafe-no-fsync": "true",
    });
    await start("kube-apiserver", {
      "etcd-servers": store,
      "cert-dir": directory,
      "bind-address": "127.0.0.1",
      "secure-port": port,
      "token-auth-file": at("tokens.csv"),
      "authorization-mode": "RBAC",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": at("accounts.key"),
      "service-account-signing-key-file": at("accounts.key"),
      "service-cluster-ip-range": "10.96.0.0/24",
    });
    const kubeconfig = (token?: string, as?: string) =>
      JSON.stringify({
        clusters: [
          { name, cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority": at("apiserver.crt") } },
        ],
        users: [{ name, user: { token, as } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
      });
    const clientWith = (token?: string, as?: string) => new KubeClient(kubeconfig(token, as));
    const client = clientWith("administrator");
    await writeFile(at("kubeconfig"), kubeconfig("administrator"), { mode: 0o600 });
    await untilReady(client, () => started.every(({ exitCode }) => exitCode === null)).catch(async (error: unknown) => {
      const logs = await Promise.all(["etcd", "kube-apiserver"].map((name) => readFile(at(`${name}.log`), "utf8")));
      throw new Error(logs.map((log) => log.split("\n").slice(-8).join("\n")).join("\n"), { cause: error });
    });
    await start("kube-controller-manager", {
      kubeconfig: at("kubeconfig"),
      controllers: "clusterrole-aggregation-controller",
      "leader-elect": "false",
      "secure-port": "0",
    });
    return { client, clientWith, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(client: KubeClient, running: () => boolean): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      await client.request("GET", "/readyz");
      return;
    } catch (error) {
      if (!running() || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(timer);
}
