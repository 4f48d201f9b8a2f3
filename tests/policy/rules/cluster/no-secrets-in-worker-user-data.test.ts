import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noSecretsInWorkerUserData } from "../../../../policy/rules/cluster/no-secrets-in-worker-user-data.ts";
import { findings, resource } from "../lab.ts";
import {
  agentToken,
  apiToken,
  caHash,
  installsAgent,
  installsServer,
  multipart,
  privateKey,
  serverToken,
  writes,
  writesEncoded,
} from "./nodes.ts";

const judged = (userData: string) =>
  findings(noSecretsInWorkerUserData, [resource("hcloud:index/server:Server", { userData })]);

const config = "/etc/rancher/k3s/config.yaml";
const unit = (role: string) =>
  `  - path: /etc/systemd/system/k3s.service\n    content: ExecStart=/usr/local/bin/k3s ${role}\n`;
const worker = (token: string) => writes(config, `node-name: agent-1\ntoken: ${token}\n`) + unit("agent");
const server = (content: string) => writes(config, content) + unit("server");
const certificate = `-----BEGIN CERTIFICATE-----\n${"Zz1".repeat(21)}A\n-----END CERTIFICATE-----\n`;
// PEM has lines as long as tokens.
const longKey = certificate.replaceAll("CERTIFICATE", "RSA PRIVATE KEY");
// k3s.yaml, as k3s writes it.
const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: default, cluster: { server: "https://10.0.0.2:6443" } }]
users: [{ name: default, user: { token: xyz } }]
`;

describe("accepts", () => {
  test.each([
    ["a worker with the agents' token", worker(agentToken)],
    ["a worker with a token that runs out", worker(`K10${caHash}::abcdef.0123456789abcdef`)],
    ["a worker with a bootstrap token", installsAgent("abcdef.0123456789abcdef")],
    ["a token that is fetched", installsAgent("$(cat /run/token)")],
    [
      "certificates and checksums",
      worker(agentToken) + `  - { path: /ca.crt, content: ${JSON.stringify(certificate)} }\nsha: ${caHash}\n`,
    ],
    [
      "an SSH key",
      `#cloud-config\nssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"Q7z".repeat(14)}x me@home\n`,
    ],
    ["a server that starts the cluster", installsServer("")],
    ["the keys of the server that starts the cluster", server(`token: ${serverToken}\ncluster-init: true\n${longKey}`)],
    ["a server that joins", server(`server: https://10.0.0.2:6443\ntoken: ${serverToken}\n`)],
    ["a server's long password", server(`token: ${apiToken}\nagent-token: ${apiToken}\n`)],
    ["an ordinary machine", "#!/bin/bash\napt update\napt install nginx -y\n"],
  ])("%s", (_, userData) => {
    expect(judged(userData)).toEqual([]);
  });
  test("a server without user data", () => {
    expect(findings(noSecretsInWorkerUserData, [resource("hcloud:index/server:Server", {})])).toEqual([]);
  });
});

describe("finds", () => {
  test.each([
    // vitobotta/hetzner-k3s: templates/firewall/firewall.sh, on every node.
    [
      "an API token in a script",
      writes("/usr/local/bin/firewall.sh", `HETZNER_TOKEN=${apiToken}`),
      "a Hetzner API token",
    ],
    // kube-hetzner: templates/nat-router-cloudinit.yaml.tpl.
    [
      "an API token in a command",
      `#cloud-config\nruncmd:\n  - HCLOUD_TOKEN="${apiToken}" hcloud server list\n`,
      "a Hetzner API token",
    ],
    [
      "an API token on a server",
      server(`cluster-init: true\n`) + `token_of_hetzner: ${apiToken}\n`,
      "a Hetzner API token",
    ],
    [
      "an API token in a manifest",
      writesEncoded("/var/lib/rancher/k3s/server/manifests/hcloud.yaml", `stringData:\n  token: ${apiToken}\n`),
      "a Hetzner API token",
    ],
    ["a kubeconfig", writes("/root/.kube/config", kubeconfig), "a kubeconfig"],
    ["a kubeconfig with a key", server(`client-key-data: LS0tLS1CRUdJTg==\n`), "a kubeconfig"],
    ["a private key", writes("/root/.ssh/id_ed25519", privateKey.replaceAll("EC", "OPENSSH")), "a private key"],
    [
      "a private key in another part",
      multipart(installsAgent(agentToken), writesEncoded("/k", privateKey, true)),
      "a private key",
    ],
    ["a host key", `#cloud-config\nssh_keys:\n  rsa_private: ${JSON.stringify(privateKey)}\n`, "a private key"],
    ["the server token", worker(serverToken), "the cluster's server token"],
    // kube-hetzner: templates/autoscaler-cloudinit.yaml.tpl, and okami101/terraform-hcloud-k3s: one password for all.
    ["a password that servers may share", worker("password"), "may be the server token"],
    ["such a password for the installer", installsAgent("password"), "may be the server token"],
    [
      "such a password as an argument",
      `#!/bin/sh\nk3s agent --server https://10.0.0.2:6443 --token password\n`,
      "may be the server token",
    ],
    [
      "a machine that may become either",
      `#!/bin/sh\nif leads; then sh -s - server; else sh -s - agent; fi\n# k3s\nK3S_TOKEN=${serverToken}\n`,
      "the cluster's server token",
    ],
    [
      "a worker that waits for the k3s server",
      `#!/bin/sh\necho waiting for the k3s server\nK3S_URL=https://10.0.0.2:6443 K3S_TOKEN=${serverToken} sh k3s-install.sh\n`,
      "the cluster's server token",
    ],
  ])("%s", (_, userData, kind) => {
    expect(judged(userData)).toEqual([expect.stringContaining(kind)]);
  });
});

test("says where, and never what", () => {
  const userData = writes("/etc/token", `${apiToken}\n${serverToken}\n${privateKey}\n${kubeconfig}`);
  const found = judged(userData);
  expect(found).toHaveLength(4);
  for (const message of found) {
    expect(message).toContain("/etc/token");
    for (const secret of [apiToken, "servers-password", "bm90IGEga2V5", "xyz"]) expect(message).not.toContain(secret);
  }
});

test("leaves open what is not known yet", () => {
  expect(judged(unknownValue)).toEqual([expect.stringMatching(/^undecided: .*user data is not known before up$/)]);
});
