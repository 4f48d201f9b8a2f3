import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { kubeconfig } from "../../components/cluster/hetzner/kubeconfig.ts";
import { run } from "../../local/exec.ts";
import { tool } from "../../local/toolchain.ts";
import { freePorts } from "../freePorts.ts";

/** A real etcd and kube-apiserver with what a first boot leaves on a control-plane server. */
export interface ControlPlane {
  /** Kubeconfig of somebody who may do everything. */
  administrator: string;
  /** Path of a file of the server, on this machine. */
  at(path: string): string;
  /** Starts the controllers that see objects out: without them a deletion in the foreground never ends. */
  collectGarbage(): Promise<void>;
  /** The end of what the API server logged. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Boots the first server of a cluster as far as it goes without k3s: CAs, ServiceAccount key, admission and audit policy are
 * those of its user data, and the API server's arguments too.
 */
export async function startControlPlane(userData: string, address: string, port: number): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "hetzner-control-plane-"));
  const at = (path: string) => join(folder, path);
  const children: ChildProcess[] = [];
  const start = async (name: "etcd" | "kube-apiserver" | "kube-controller-manager", args: string[]) => {
    const log = openSync(at(`${name}.log`), "w");
    const child = spawn(await tool(name), args, { cwd: folder, stdio: ["ignore", log, log] });
    children.push(child);
    await once(child, "spawn");
  };
  const { write_files: files } = parse(userData) as { write_files: { path: string; content: string }[] };
  for (const { path, content } of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }
  mkdirSync(at("/var/lib/rancher/k3s/server/logs"), { recursive: true });
  const tls = (name: string) => at(`/var/lib/rancher/k3s/server/tls/${name}`);
  const leaf = (name: string, subject: string, ca: string, extensions: string) =>
    certify({ folder, name, subject, authority: tls(ca), extensions });
  await leaf(
    "serving",
    "/CN=kube-apiserver",
    "server-ca",
    `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth\n`,
  );
  await leaf("etcd", "/CN=etcd", "etcd/server-ca", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  await leaf("etcd-client", "/CN=etcd-client", "etcd/server-ca", "extendedKeyUsage=clientAuth\n");
  await leaf("administrator", "/O=system:masters/CN=administrator", "client-ca", "extendedKeyUsage=clientAuth\n");
  const [etcd, peer] = await freePorts(2);
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
    `--bind-address=${address}`,
    `--secure-port=${String(port)}`,
  ]);
  const content = (path: string) => readFileSync(path, "utf8");
  const admin = { certificate: content(at("administrator.crt")), key: content(at("administrator.key")) };
  const serverCa = content(tls("server-ca.crt"));
  const rendered = kubeconfig({ name: "test", host: address, serverCa, admin });
  const administrator = rendered.replace(/:6443$/m, `:${String(port)}`);
  writeFileSync(at("administrator.yaml"), administrator);
  return {
    administrator,
    at,
    collectGarbage: () =>
      start("kube-controller-manager", [
        `--kubeconfig=${at("administrator.yaml")}`,
        "--controllers=garbage-collector-controller,namespace-controller",
        "--leader-elect=false",
        "--secure-port=0",
      ]),
    log: () => readFileSync(at("kube-apiserver.log"), "utf8").split("\n").slice(-10).join("\n"),
    stop: async () => {
      for (const child of children.reverse()) {
        if (child.exitCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true });
    },
  };
}

interface Leaf {
  folder: string;
  name: string;
  subject: string;
  /** Path of the CA's files, without their endings. */
  authority: string;
  extensions: string;
}

/** A certificate signed by one of the cluster's own CAs, by openssl, as k3s would by itself; with the CA's chain. */
async function certify({ folder, name, subject, authority, extensions }: Leaf): Promise<void> {
  const at = (path: string) => join(folder, path);
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
