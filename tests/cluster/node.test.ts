import { execFileSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import { refOf, type KubeObject } from "../../kube/objects.ts";
import { deleteAndWait, hasCondition, until, untilObject } from "../../kube/wait.ts";
import { Refusal } from "../../local/log.ts";
import { removeRuntime } from "../../local/node/down.ts";
import * as node from "../../local/node/index.ts";
import { nodeDir } from "../../local/node/layout.ts";
import { operandImage } from "../../local/node/operand.ts";

const namespace = "node-test";
const space: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
const podRef = (name: string) => ({ apiVersion: "v1", kind: "Pod", namespace, name });

/** Answers every connection to port 5432, and tells what the volume held when it started. */
const server = `
  use IO::Socket::INET;
  $| = 1;
  print "held: ", join(" ", glob "/data/*"), "\\n";
  open(my $file, ">>", "/data/mark") or die "volume: $!"; close $file;
  my $socket = IO::Socket::INET->new(LocalPort => 5432, Listen => 5, ReuseAddr => 1) or die $!;
  while (my $client = $socket->accept) { close $client }`;

const claim: KubeObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
};

function pod(name: string, command: string[], volume = false): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsUser: 26, runAsGroup: 26, fsGroup: 26 },
      containers: [
        {
          name: "main",
          image: operandImage,
          command,
          ...(volume && { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        },
      ],
      ...(volume && { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] }),
    },
  };
}

const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "server", namespace },
  spec: { selector: { app: "server" }, ports: [{ port: 5432 }] },
};

const closed: KubeObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "closed", namespace },
  spec: { podSelector: { matchLabels: { app: "server" } }, policyTypes: ["Ingress"] },
};

let client: KubeClient;
let before: string[];

async function running(name: string): Promise<KubeObject> {
  return untilObject(client, podRef(name), "Ready", (found) => hasCondition(found, "Ready"), { seconds: 60 });
}

async function connects(): Promise<boolean> {
  const target = { namespace, pod: "client", container: "main" };
  const command = ["timeout", "2", "bash", "-c", "</dev/tcp/server/5432"];
  return (await exec(client, target, command)).code === 0;
}

async function untilConnects(expected: boolean, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  // A pod that is about to start cannot be asked yet; only where no connection is expected, that would prove nothing.
  const look = () => connects().catch((error: unknown) => (expected ? false : Promise.reject(error as Error)));
  while ((await look()) !== expected) {
    if (Date.now() > deadline)
      throw new Error(`connection still ${expected ? "refused" : "open"} after ${String(seconds)} s`);
    await sleep(200);
  }
}

/** What there is of the node on this machine, by a look at the machine rather than at what the node knows of itself. */
function traces(): string[] {
  const commands = globSync("/proc/[0-9]*/cmdline");
  const members = globSync("/proc/[0-9]*/cgroup");
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const links = execFileSync("ip", ["-brief", "link"]).toString().split("\n");
  return [
    ...commands.filter((file) =>
      /hcloud-postgres\/(tools\/(etcd|kube-|kubelet-)|node\/containerd\.sock)/.test(readOrNothing(file)),
    ),
    ...members.filter((file) => readOrNothing(file).includes("/hcloud-postgres") && !isZombie(file)),
    ...mounts.filter((line) => /hcloud-postgres|kubelet|containerd|netns/.test(line)),
    ...globSync("/sys/fs/cgroup/{,*/}{hcloud-postgres,kubepods}"),
    ...links.filter((line) => /hcloud-postgres|cni0|node0/.test(line)),
  ];
}

/** Dead, and holding nothing: its parent, the machine's init, has yet to ask what became of it. */
function isZombie(file: string): boolean {
  return /^State:\s+Z/m.test(readOrNothing(file.replace(/cgroup$/, "status")));
}

/** The kernel keeps a killed process for a moment, until its parent has asked what became of it. */
async function settledTraces(): Promise<string[]> {
  let last: string[] | undefined;
  const look = () => {
    const [now, earlier] = [traces(), last];
    last = now;
    return Promise.resolve(isDeepStrictEqual(now, earlier) ? now : undefined);
  };
  return until("what is on the machine settled", look, { seconds: 10 });
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

async function pids(): Promise<Record<string, number | undefined>> {
  return Object.fromEntries((await node.status()).daemons.map(({ name, pid }) => [name, pid]));
}

function seconds(since: number): number {
  return (Date.now() - since) / 1000;
}

beforeAll(async () => {
  await node.down();
  before = await settledTraces();
});

afterAll(async () => {
  await node.up();
});

describe("the bare node", () => {
  test("comes up from nothing, and a second command meanwhile is told so", async () => {
    expect(await node.status()).toMatchObject({ state: "down", kubeconfig: undefined, parts: [] });
    const started = Date.now();
    const [first, second] = await Promise.allSettled([node.up(), node.down()]);
    expect(second).toMatchObject({ status: "rejected", reason: expect.any(Refusal) as unknown });
    expect(String((second as PromiseRejectedResult).reason)).toContain(`up (pid ${String(process.pid)}) is running`);
    if (first.status === "rejected") throw first.reason;
    expect(seconds(started)).toBeLessThan(60);

    const { kubeconfig } = first.value;
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    client = new KubeClient(readFileSync(kubeconfig, "utf8"));
    expect(await node.status()).toMatchObject({ state: "up", kubeconfig });
  });

  test("is left alone by a second up", async () => {
    const running = await pids();
    const started = Date.now();
    await node.up();
    expect(seconds(started)).toBeLessThan(10);
    expect(await pids()).toEqual(running);
  });

  test("resolves names, gives a volume to user 26, and connects pods", async () => {
    await client.apply(space);
    const objects = [claim, service, pod("server", ["perl", "-e", server], true), pod("client", ["sleep", "600"])];
    for (const object of objects) await client.apply(object);
    await running("server");
    await running("client");
    await untilConnects(true, 10);
  });

  test("enforces a NetworkPolicy with its engine, and none without", async () => {
    await client.apply(closed);
    await untilConnects(false, 10);
    await node.networkPolicyEngine.stop();
    await untilConnects(true, 10);
    await sleep(2000);
    expect(await connects()).toBe(true);
    await node.networkPolicyEngine.start();
    await untilConnects(false, 10);
    await deleteAndWait(client, refOf(closed), { seconds: 10 });
    await untilConnects(true, 10);
  });

  test("replaces killed daemons and leaves the pods alone", async () => {
    const killed = await pids();
    const restarts = ((await running("server"))["status"] as { containerStatuses: unknown[] }).containerStatuses;
    const victims = ["etcd", "containerd", "kubelet"];
    for (const victim of victims) process.kill(killed[victim] ?? 0, "SIGKILL");
    await sleep(500);
    expect((await node.status()).state).toBe("broken");
    await node.up();
    const after = await pids();
    for (const [name, pid] of Object.entries(after)) expect(pid === killed[name], name).toBe(!victims.includes(name));
    expect(((await running("server"))["status"] as { containerStatuses: unknown[] }).containerStatuses).toEqual(
      restarts,
    );
    await untilConnects(true, 10);
  });

  test("comes back after a reboot with its cluster and volumes", async () => {
    const log = `/api/v1/namespaces/${namespace}/pods/server/log`;
    expect(await client.request("GET", log)).toContain("held: \n");
    await removeRuntime();
    expect(node.leftovers()).toEqual([`folder ${nodeDir}`]);
    expect((await node.status()).state).toBe("broken");
    await node.up();
    await untilConnects(true, 60);
    expect(await client.request("GET", log)).toContain("held: /data/mark");
  });

  test("leaves nothing on the machine", async () => {
    const started = Date.now();
    expect(traces()).not.toEqual(before);
    await node.down();
    expect(seconds(started)).toBeLessThan(20);
    expect(node.leftovers()).toEqual([]);
    expect(await settledTraces()).toEqual(before);
    await node.down();
  });
});
