import { createHash, generateKeyPairSync } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:https";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { outcome, run } from "../../local/exec.ts";
import { installPackages } from "../../local/packages.ts";
import { machine, type Machine } from "./machine.ts";
import { PRESETS, rendered, type Rendered } from "./presets.ts";

// Root.
const packages = {
  "cloud-init": "cloud-init",
  shellcheck: "shellcheck",
  curl: "curl",
  ip: "iproute2",
  nft: "nftables",
};
let folder: string;
let ours: Rendered;
let foreign: Rendered;
const servers: Server[] = [];
const machines: Machine[] = [];

const FIRST = "small-server-1";
const SCRIPTS = "/usr/local/lib/hcloud-postgres";
const DECISION = "/etc/rancher/k3s/config.yaml.d/20-join.yaml";
/** Where test servers answer, on the loopback. */
const [US, STRANGER, NOBODY] = ["127.77.0.2", "127.77.0.3", "127.77.0.4"];

beforeAll(async () => {
  await installPackages(packages);
  folder = mkdtempSync(join(tmpdir(), "hetzner-boot-"));
  ours = await rendered("examples/hetzner-small");
  foreign = await rendered("examples/hetzner-small");
  servers.push(await answering(US, await servingCertificate(ours, US)));
  servers.push(await answering(STRANGER, await servingCertificate(foreign, STRANGER)));
});
afterAll(() => {
  for (const server of servers) server.close();
  for (const one of machines) one.remove();
  rmSync(folder, { recursive: true });
});

function files(data: string): Map<string, string> {
  const { write_files: list } = parse(data) as { write_files: { path: string; content: string }[] };
  return new Map(list.map(({ path, content }) => [path, content]));
}

/** A certificate of the cluster's own API server CA, by openssl. */
async function servingCertificate({ userData }: Rendered, address: string): Promise<ServerOptions> {
  const tls = files(userData.get(FIRST) ?? "");
  const ca = (name: string) => tls.get(`/var/lib/rancher/k3s/server/tls/${name}`) ?? "";
  const at = (name: string) => join(folder, `${address}-${name}`);
  writeFileSync(at("ca.crt"), ca("server-ca.crt"));
  writeFileSync(at("ca.key"), ca("server-ca.key"));
  writeFileSync(at("extensions"), `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth\n`);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(at("key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await run("openssl", ["req", "-new", "-key", at("key"), "-subj", "/CN=kube-apiserver", "-out", at("csr")]);
  await run("openssl", [
    ...["x509", "-req", "-in", at("csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "1"],
    ...["-extfile", at("extensions"), "-out", at("crt")],
  ]);
  return { key: readFileSync(at("key")), cert: readFileSync(at("crt"), "utf8") + ca("server-ca.crt") };
}

async function answering(address: string, options: ServerOptions, body = "pong", port = 6443): Promise<Server> {
  const server = createServer(options, (_request, response) => response.end(body)).listen(port, address);
  await once(server, "listening");
  return server;
}

function booted(environment: Record<string, string>, data = ours.userData.get(FIRST) ?? ""): Machine {
  const one = machine(data, { ASK_ROUNDS: "2", RETRY_SECONDS: "0", ...environment });
  machines.push(one);
  return one;
}

test("cloud-init accepts the user data of every server of every preset", async () => {
  const all: [string, string][] = [];
  for (const preset of PRESETS) all.push(...(await rendered(preset)).userData);
  expect(all).toHaveLength(15);
  for (const [name, data] of all) {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, data);
    const { code, stdout, stderr } = await outcome("cloud-init", ["schema", "--config-file", file]);
    expect([code, stdout + stderr], name).toEqual([0, expect.stringContaining("Valid")]);
    expect(Buffer.byteLength(data), name).toBeLessThan(32 * 1024);
  }
});

test("cloud-init refuses user data that is none", async () => {
  const file = join(folder, "broken.yaml");
  writeFileSync(file, (ours.userData.get(FIRST) ?? "").replace("write_files:\n  - path:", "write_files:\n  - paht:"));
  expect((await outcome("cloud-init", ["schema", "--config-file", file])).code).not.toBe(0);
});

test("shellcheck has nothing to say on the scripts", async () => {
  const scripts = globSync("components/cluster/hetzner/files/*.sh");
  expect(scripts).toHaveLength(4);
  expect(await outcome("shellcheck", scripts)).toMatchObject({ code: 0, stdout: "" });
});

const decisions: [string, Record<string, string>, { code: number; decision?: string; said: string }][] = [
  [
    "somebody answers with our CA: joins, though it might start one",
    { CONTROL_PLANE: `${NOBODY} ${US}`, INITIALISE: "yes" },
    { code: 0, decision: `server: https://${US}:6443\n`, said: "answers with our CA" },
  ],
  [
    "nobody answers, and it may: starts the cluster",
    { CONTROL_PLANE: NOBODY, INITIALISE: "yes" },
    { code: 0, decision: "cluster-init: true\n", said: "has no cluster yet" },
  ],
  [
    "there is nobody else, and it may: starts the cluster",
    { CONTROL_PLANE: "", INITIALISE: "yes" },
    { code: 0, decision: "cluster-init: true\n", said: "has no cluster yet" },
  ],
  [
    "nobody answers, and the stack had a cluster: does nothing",
    { CONTROL_PLANE: NOBODY, INITIALISE: "no" },
    { code: 1, said: "not starting an empty one" },
  ],
  [
    "a server with another CA answers: does nothing, though it might start one",
    { CONTROL_PLANE: STRANGER, INITIALISE: "yes" },
    { code: 1, said: `${STRANGER} answers with a certificate that is not of our CA` },
  ],
  [
    "a server with another CA answers: does not restore a snapshot beside it either",
    { CONTROL_PLANE: STRANGER, INITIALISE: "no", RESTORE_SNAPSHOT: "etcd-1" },
    { code: 1, said: "another cluster has this address" },
  ],
  [
    "our cluster answers: joins it, whatever snapshot is named",
    { CONTROL_PLANE: US, INITIALISE: "no", RESTORE_SNAPSHOT: "etcd-1" },
    { code: 0, decision: `server: https://${US}:6443\n`, said: "joining" },
  ],
  [
    "an agent to whom nobody answers waits for its next start",
    { CONTROL_PLANE: NOBODY, ROLE: "agent", INITIALISE: "no" },
    { code: 1, said: "no control-plane server answers yet" },
  ],
];

test.each(decisions)("first boot: %s", async (_name, environment, { code, decision, said }) => {
  const one = booted(environment);
  const result = await one.run(`${SCRIPTS}/join-or-initialise`);
  expect(result).toMatchObject({ code, stderr: expect.stringContaining(said) as string });
  expect(one.read(DECISION)).toBe(decision);
});

test("what was decided once is never decided again", async () => {
  const one = booted({ CONTROL_PLANE: NOBODY, INITIALISE: "yes" });
  await one.run(`${SCRIPTS}/join-or-initialise`);
  one.write("/etc/hcloud-postgres/node.env", `ROLE=server INITIALISE=no CONTROL_PLANE=${US}\n`);
  expect(await one.run(`${SCRIPTS}/join-or-initialise`)).toMatchObject({ code: 0, stderr: "" });
  expect(one.read(DECISION)).toBe("cluster-init: true\n");
});

test("a named snapshot is restored where nobody answers, and a restore that fails decides nothing", async () => {
  const environment = { CONTROL_PLANE: NOBODY, INITIALISE: "no", RESTORE_SNAPSHOT: "etcd-7" };
  const one = booted(environment);
  one.write("/usr-local/bin/k3s", '#!/bin/sh\necho "$@" >/tmp/asked\n', 0o755);
  expect((await one.run(`${SCRIPTS}/join-or-initialise`)).code).toBe(0);
  expect(one.read("/tmp/asked")).toBe("server --cluster-reset --cluster-reset-restore-path=etcd-7\n");
  expect(one.read(DECISION)).toBe("cluster-init: true\n");
  const broken = booted(environment);
  broken.write("/usr-local/bin/k3s", "#!/bin/sh\nexit 1\n", 0o755);
  expect((await broken.run(`${SCRIPTS}/join-or-initialise`)).code).toBe(1);
  expect(broken.read(DECISION)).toBeUndefined();
});

test("k3s is installed with the right checksum only, and once", async () => {
  const body = "#!/bin/sh\necho this is k3s\n";
  const options = await servingCertificate(ours, US);
  servers.push(await answering(US, options, body, 8443));
  const digest = createHash("sha256").update(body).digest("hex");
  const env = { CURL_CA_BUNDLE: "/etc/hcloud-postgres/server-ca.crt" };
  const url = `https://${US}:8443/k3s`;

  const right = booted({ K3S_URL: url, K3S_SHA256: digest });
  expect(await right.run(`${SCRIPTS}/install-k3s && k3s`, { env })).toMatchObject({ code: 0, stdout: "this is k3s\n" });
  right.write("/usr-local/bin/k3s", "#!/bin/sh\necho upgraded\n", 0o755);
  expect(await right.run(`${SCRIPTS}/install-k3s && k3s`, { env })).toMatchObject({ stdout: "upgraded\n" });

  const wrong = booted({ K3S_URL: url, K3S_SHA256: digest.replace(/./, (digit) => (digit === "0" ? "1" : "0")) });
  expect(await wrong.run(`${SCRIPTS}/install-k3s`, { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("does not have the checksum") as string,
  });
  expect((await wrong.run("ls /usr/local/bin")).stdout).toBe("");
  expect(
    (await booted({ K3S_URL: url.replace("https", "http") }).run(`${SCRIPTS}/install-k3s`, { env })).code,
  ).not.toBe(0);
});

test("the node is prepared: the interface is found by its address, and a missing kernel module stops it", async () => {
  const network =
    "ip link add private0 type veth peer name other0 && ip addr add 10.0.255.101/32 dev private0 && ip link set private0 up";
  const one = booted({});
  // Stand-ins for what would change this machine: they write down what they were asked.
  one.write("/usr-local/sbin/modprobe", '#!/bin/sh\necho "$@" >/tmp/modules\n', 0o755);
  one.write("/usr-local/sbin/sysctl", '#!/bin/sh\necho "$@" >/tmp/sysctl\n', 0o755);
  expect(await one.run(`${network} && ${SCRIPTS}/prepare-node`, { ownNetwork: true })).toMatchObject({
    code: 0,
    stderr: "",
  });
  expect(one.read("/etc/rancher/k3s/config.yaml.d/10-interface.yaml")).toBe("flannel-iface: private0\n");
  expect(one.read("/tmp/modules")).toContain("ip_set ip_set_hash_ip ip_set_hash_net xt_set wireguard");
  expect((await one.run("stat -c %a /var/lib/rancher/k3s/server/tls")).stdout).toBe("700\n");

  const elsewhere = await one.run(`${SCRIPTS}/prepare-node`, { ownNetwork: true });
  expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining("10.0.255.101") as string });

  const lacking = booted({ KERNEL_MODULES: "no_such_module" });
  const failed = await lacking.run(`${network} && ${SCRIPTS}/prepare-node`, { ownNetwork: true });
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("no_such_module") as string });
});
