import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { untilApiServerReady } from "../../components/cluster/hetzner/ready.ts";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { run } from "../../local/exec.ts";
import { tool } from "../../local/toolchain.ts";
import { rendered, type Rendered } from "./presets.ts";

// A real kube-apiserver with what the first server of a preset gets: CAs, ServiceAccount key, admission, audit policy.
let folder: string;
let ours: Rendered;
let foreign: Rendered;
let port: number;
const children: ChildProcess[] = [];
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hetzner-apiserver-"));
  ours = await rendered("examples/hetzner-small");
  foreign = await rendered("examples/hetzner-small");
  const [data = ""] = ours.userData.values();
  const { write_files: files } = parse(data) as { write_files: { path: string; content: string }[] };
  for (const { path, content } of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }
  mkdirSync(at("/var/lib/rancher/k3s/server/logs"), { recursive: true });
  const tls = (name: string) => at(`/var/lib/rancher/k3s/server/tls/${name}`);
  await leaf(
    "serving",
    "/CN=kube-apiserver",
    "server-ca",
    "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n",
  );
  await leaf("etcd", "/CN=etcd", "etcd/server-ca", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  await leaf("etcd-client", "/CN=etcd-client", "etcd/server-ca", "extendedKeyUsage=clientAuth\n");
  const [etcd, peer] = [await freePort(), await freePort()];
  port = await freePort();
  await start("etcd", [
    `--data-dir=${at("etcd")}`,
    `--listen-client-urls=https://127.0.0.1:${String(etcd)}`,
    `--advertise-client-urls=https://127.0.0.1:${String(etcd)}`,
    `--listen-peer-urls=http://127.0.0.1:${String(peer)}`,
    `--cert-file=${at("etcd.crt")}`,
    `--key-file=${at("etcd.key")}`,
    `--trusted-ca-file=${tls("etcd/server-ca.crt")}`,
    "--client-cert-auth",
    "--unsafe-no-fsync",
  ]);
  const config = parse(readFileSync(at("/etc/rancher/k3s/config.yaml"), "utf8")) as { "kube-apiserver-arg": string[] };
  await start("kube-apiserver", [
    ...config["kube-apiserver-arg"].map((arg) => `--${arg.replace(/=\//, `=${folder}/`)}`),
    `--client-ca-file=${tls("client-ca.crt")}`,
    `--tls-cert-file=${at("serving.crt")}`,
    `--tls-private-key-file=${at("serving.key")}`,
    `--requestheader-client-ca-file=${tls("request-header-ca.crt")}`,
    "--requestheader-allowed-names=system:auth-proxy",
    "--requestheader-username-headers=X-Remote-User",
    `--service-account-key-file=${tls("service.key")}`,
    `--service-account-signing-key-file=${tls("service.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--service-cluster-ip-range=10.43.0.0/16",
    `--etcd-servers=https://127.0.0.1:${String(etcd)}`,
    `--etcd-cafile=${tls("etcd/server-ca.crt")}`,
    `--etcd-certfile=${at("etcd-client.crt")}`,
    `--etcd-keyfile=${at("etcd-client.key")}`,
    "--authorization-mode=Node,RBAC",
    // As k3s has them.
    "--allow-privileged=true",
    "--anonymous-auth=false",
    "--bind-address=127.0.0.1",
    `--secure-port=${String(port)}`,
  ]);
});
afterAll(async () => {
  for (const child of children.reverse()) {
    if (child.exitCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

async function start(name: "etcd" | "kube-apiserver", args: string[]): Promise<void> {
  const log = openSync(at(`${name}.log`), "w");
  const child = spawn(await tool(name), args, { cwd: folder, stdio: ["ignore", log, log] });
  children.push(child);
  await once(child, "spawn");
}

/** A certificate signed by one of the cluster's own CAs, by openssl, as k3s would by itself; with the CA's chain. */
async function leaf(name: string, subject: string, ca: string, extensions: string): Promise<void> {
  const authority = at(`/var/lib/rancher/k3s/server/tls/${ca}`);
  const { privateKey }: { privateKey: KeyObject } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(at(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(at(`${name}.extensions`), extensions);
  await run("openssl", ["req", "-new", "-key", at(`${name}.key`), "-subj", subject, "-out", at(`${name}.csr`)]);
  await run("openssl", [
    ...["x509", "-req", "-in", at(`${name}.csr`), "-CA", `${authority}.crt`, "-CAkey", `${authority}.key`],
    ...["-CAcreateserial", "-days", "1", "-extfile", at(`${name}.extensions`), "-out", at(`${name}.pem`)],
  ]);
  const chain = readFileSync(at(`${name}.pem`), "utf8") + readFileSync(`${authority}.crt`, "utf8");
  writeFileSync(at(`${name}.crt`), chain);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: free } = server.address() as AddressInfo;
  server.close();
  return free;
}

/** The rendered kubeconfig, pointed at this machine. */
function client({ kubeconfig }: Rendered): KubeClient {
  return new KubeClient(kubeconfig.replace(/https:\/\/[^\s]+:6443/, `https://127.0.0.1:${String(port)}`));
}

function pod(namespace: string): KubeObject {
  const containers = [{ name: "x", image: "x", securityContext: { privileged: true } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "privileged", namespace },
    spec: { hostNetwork: true, containers },
  };
}

test("the gate opens for the rendered kubeconfig, whose user may do everything", async () => {
  await untilApiServerReady(client(ours), { name: "small-server-1", seconds: 120, interval: 200 }).catch(
    (error: unknown) => {
      throw new Error(readFileSync(at("kube-apiserver.log"), "utf8").split("\n").slice(-10).join("\n"), {
        cause: error,
      });
    },
  );
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb: "*", group: "*", resource: "*" } },
  };
  const answer = await client(ours).request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    body: review,
  });
  expect(answer).toMatchObject({ status: { allowed: true } });
});

test("a kubeconfig of another CA does not trust this server, and the gate says so", async () => {
  const gate = untilApiServerReady(client(foreign), { name: "small-server-1", seconds: 1, interval: 200 });
  await expect(gate).rejects.toThrow(/small-server-1 .*is not ready after 1 s[^]*another cluster answers there/);
});

test("a client certificate of another CA is not let in", async () => {
  const { users } = parse(foreign.kubeconfig) as { users: unknown };
  const mixed = JSON.stringify({ ...(parse(client(ours).config.exportConfig()) as object), users });
  await expect(new KubeClient(mixed).request("GET", "/api/v1/nodes")).rejects.toThrow(/Unauthorized/);
});

test("a server that nobody runs is told from one that has another CA", async () => {
  const nowhere = new KubeClient(
    ours.kubeconfig.replace(/https:\/\/[^\s]+:6443/, `https://127.0.0.1:${String(await freePort())}`),
  );
  const gate = untilApiServerReady(nowhere, { name: "small-server-1", seconds: 1, interval: 200 });
  await expect(gate).rejects.toThrow(/ECONNREFUSED[^]*the server is up and k3s is not/);
});

test("Pod Security holds everywhere but in the exempt namespace", async () => {
  const kube = client(ours);
  for (const name of ["default", "kube-system"]) {
    await kube
      .create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } })
      .catch(() => undefined);
  }
  await expect(kube.create(pod("default"), { dryRun: true })).rejects.toThrow(/violates PodSecurity "restricted/);
  expect((await kube.create(pod("kube-system"), { dryRun: true })).kind).toBe("Pod");
});

test("the cloud controller's manifest is accepted, and what was done is in the audit log, without contents", async () => {
  const kube = client(ours);
  const path = at("/var/lib/rancher/k3s/server/manifests/hcloud-cloud-controller.yaml");
  for (const document of readFileSync(path, "utf8").split(/^---$/m)) {
    const object = parse(document) as KubeObject;
    expect((await kube.create(object)).kind).toBe(object.kind);
  }
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "default" },
    stringData: { k: "not-in-the-log" },
  };
  await kube.create(secret);
  const log = readFileSync(at("/var/lib/rancher/k3s/server/logs/audit.log"), "utf8");
  expect(log).toContain('"resource":"secrets"');
  expect(log).toContain("hcloud-postgres-admin");
  expect(log).not.toContain(Buffer.from("not-in-the-log").toString("base64"));
});
