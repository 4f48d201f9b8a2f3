import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import {
  MAXIMUM_BYTES,
  renderUserData,
  userData,
  type NodeFacts,
} from "../../../components/cluster/hetzner/cloudInit.ts";
import { tokens } from "../../../components/cluster/hetzner/kubeconfig.ts";
import { placeholderFacts } from "../../../components/cluster/hetzner/placeholders.ts";
import { plan, type PlannedNode } from "../../../components/cluster/hetzner/plan.ts";
import { MANAGED_KEYS } from "../../../config/hetzner/managedKeys.ts";
import { hetznerSchema, type HetznerSettings } from "../../../config/hetzner/schema.ts";
import { runStack } from "../program/stack.ts";

const files = {
  production: "Pulumi.production.yaml",
  "hetzner-small": "examples/hetzner-small.yaml",
  "hetzner-arm64": "examples/hetzner-arm64.yaml",
};

function settingsOf(file: string, more: object = {}): HetznerSettings {
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, { hetzner: object }> };
  return hetznerSchema.parse({ ...config["hcloud-postgres:cluster"]?.hetzner, ...more });
}

/** As large as the real ones: five EC CAs under PEM, an RSA key, two certificates in the bundle. */
const pem = (what: string, lines: number) =>
  `-----BEGIN ${what}-----\n${`${what.replace(/[^A-Z]/g, "x").padEnd(64, "x")}\n`.repeat(lines)}-----END ${what}-----\n`;
const bundle = pem("CERTIFICATE", 9) + pem("CERTIFICATE", 9);
const AUTHORITIES = Object.fromEntries([
  ["server-ca.crt", bundle],
  ["server-ca.key", pem("EC PRIVATE KEY", 3)],
  ...["client-ca", "request-header-ca", "etcd/peer-ca", "etcd/server-ca"].flatMap((name) => [
    [`${name}.crt`, pem("CERTIFICATE", 9)],
    [`${name}.key`, pem("EC PRIVATE KEY", 3)],
  ]),
  ["service.key", pem("RSA PRIVATE KEY", 25)],
]) as Record<string, string>;

function facts(node: PlannedNode): NodeFacts {
  return {
    tokens: tokens("c0ffee".padEnd(64, "0"), { server: "the-server-password", agent: "the-agent-password" }),
    serverCa: bundle,
    tlsSans: ["198.51.100.1", "10.0.255.101"],
    etcdS3: { accessKey: "the-access-key", secretKey: "the-secret-key" },
    controlPlane: ["10.0.255.102", "10.0.255.103"],
    authorities: node.first ? AUTHORITIES : undefined,
  };
}

function render(settings: HetznerSettings, node: PlannedNode): string {
  return userData(settings, node, facts(node));
}

/** One node of each kind: of every pool the first. */
function kinds(settings: HetznerSettings): PlannedNode[] {
  const { nodes } = plan(settings);
  return nodes.filter(({ pool }, index) => nodes.findIndex((node) => node.pool === pool) === index);
}

// A reviewer reads the change of these files; `npx vitest -u` writes them.
test.each(Object.entries(files))("user data of every kind of node of %s", async (name, file) => {
  const settings = settingsOf(file);
  for (const node of kinds(settings)) {
    await expect(render(settings, node)).toMatchFileSnapshot(`../golden/user-data/${name}-${node.pool}.yaml`);
  }
  await expect(`${JSON.stringify(plan(settings), null, 2)}\n`).toMatchFileSnapshot(
    `../golden/user-data/${name}-plan.json`,
  );
});

test("the largest user data fits into what Hetzner takes, with room for a longer audit policy", () => {
  const sizes = Object.values(files).flatMap((file) => {
    const settings = settingsOf(file);
    return plan(settings).nodes.map((node) => Buffer.byteLength(render(settings, node)));
  });
  expect(Math.max(...sizes)).toBeLessThan(MAXIMUM_BYTES * 0.85);
  expect(Math.max(...sizes)).toBeGreaterThan(15_000);
});

test("what stands for facts not known yet is as long as the real ones, and hardly longer", async () => {
  for (const [stack, file] of Object.entries(files)) {
    const settings = settingsOf(file);
    const planned = plan(settings);
    const resources = await runStack(stack === "production" ? stack : `examples/${stack}`);
    for (const node of planned.nodes) {
      const server = resources.find(({ inputs }) => inputs["name"] === node.name && "userData" in inputs);
      const real = Buffer.byteLength((server?.inputs["userData"] as { value: string }).value);
      const expected = Buffer.byteLength(renderUserData(settings, node, placeholderFacts(settings, planned, node)));
      expect(expected - real, node.name).toBeGreaterThanOrEqual(0);
      expect(expected - real, node.name).toBeLessThan(200);
    }
  }
});

test("user data that Hetzner would not take is refused with the reason", () => {
  const settings = settingsOf(files.production, { auditPolicyConfig: "# long\n".repeat(5000) });
  const [first] = plan(settings).nodes;
  expect(() => render(settings, first as PlannedNode)).toThrow(/production-control-plane-1.*32768/);
});

interface CloudConfig {
  write_files: { path: string; permissions: string; content: string }[];
}

function filesOf(text: string): Map<string, { permissions: string; content: string }> {
  expect(parseDocument(text).errors).toEqual([]);
  return new Map((parse(text) as CloudConfig).write_files.map((file) => [file.path, file]));
}

test("k3s is hardened on every control-plane server, and files with secrets are root's alone", () => {
  const settings = settingsOf(files["hetzner-arm64"]);
  for (const node of plan(settings).nodes) {
    const written = filesOf(render(settings, node));
    const config = parse(written.get("/etc/rancher/k3s/config.yaml")?.content ?? "") as Record<string, unknown>;
    expect(config).toMatchObject({
      "node-name": node.name,
      "node-ip": node.privateIp,
      "protect-kernel-defaults": true,
    });
    expect(config["kubelet-arg"]).toContain("cloud-provider=external");
    for (const [path, { permissions, content }] of written) {
      if (/PRIVATE KEY|password|secret-key/.test(content)) expect(permissions, path).toBe("0600");
    }
    if (node.role === "agent") continue;
    expect(config).toMatchObject({
      "disable-network-policy": false,
      "egress-selector-mode": "pod",
      "flannel-backend": "wireguard-native",
      "secrets-encryption": true,
      "write-kubeconfig-mode": "0600",
      "agent-token": "the-agent-password",
      "etcd-s3-bucket": "arm64-etcd",
    });
    expect(String(config["token"])).toMatch(/^K10c0ffee0{58}::server:the-server-password$/);
    expect(config["kube-apiserver-arg"]).toEqual(
      expect.arrayContaining([
        "admission-control-config-file=/etc/hcloud-postgres/admission.yaml",
        "audit-policy-file=/etc/hcloud-postgres/audit-policy.yaml",
      ]),
    );
    expect(written.has("/var/lib/rancher/k3s/server/manifests/hcloud-cloud-controller.yaml")).toBe(true);
  }
});

test("whatever is in a server's configuration has a setting, and cannot be set raw", () => {
  const settings = settingsOf(files["hetzner-arm64"]);
  const [first] = plan(settings).nodes;
  const written = filesOf(render(settings, first as PlannedNode)).get("/etc/rancher/k3s/config.yaml");
  const keys = Object.keys(parse(written?.content ?? "") as object);
  expect(keys.filter((key) => MANAGED_KEYS[key] === undefined)).toEqual([]);
});

test("the guard against metadata is up before k3s, which is checked before it runs", () => {
  const settings = settingsOf(files.production);
  for (const node of kinds(settings)) {
    const written = filesOf(render(settings, node));
    const unit = written.get("/etc/systemd/system/k3s.service")?.content ?? "";
    expect(unit).toMatch(/^Requires=metadata-guard.service$/m);
    expect(unit).toMatch(/^After=.*metadata-guard.service$/m);
    expect([...unit.matchAll(/^ExecStartPre=.*\/(.*)$/gm)].map(([, name]) => name)).toEqual([
      "prepare-node",
      "install-k3s",
      "join-or-initialise",
    ]);
    expect(written.get("/etc/hcloud-postgres/node.env")?.content).toMatch(/^K3S_SHA256='[0-9a-f]{64}'$/m);
  }
});

test("arm64 servers get k3s for arm64", () => {
  const settings = settingsOf(files["hetzner-arm64"]);
  const environment = filesOf(render(settings, kinds(settings)[0] as PlannedNode)).get("/etc/hcloud-postgres/node.env");
  expect(environment?.content).toContain("/v1.36.3%2Bk3s1/k3s-arm64'");
  expect(environment?.content).toContain("K3S_SHA256='c9a20910");
});
