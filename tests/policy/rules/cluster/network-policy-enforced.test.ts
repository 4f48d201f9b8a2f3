import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { networkPolicyEnforced } from "../../../../policy/rules/cluster/network-policy-enforced.ts";
import { findings, resource } from "../lab.ts";
import { installsServer, multipart, writes, writesEncoded } from "./nodes.ts";

const judged = (type: string, properties: JsonObject, parameters = {}) =>
  findings(networkPolicyEnforced, [resource(type, properties)], parameters);
const server = (userData: string, parameters = {}) => judged("hcloud:index/server:Server", { userData }, parameters);

const config = "/etc/rancher/k3s/config.yaml";
const dropIn = "/etc/rancher/k3s/config.yaml.d/99-custom.yaml";
const off = "disable-network-policy: true\n";

describe("accepts", () => {
  test.each([
    ["a server as k3s installs it", installsServer("")],
    ["the key set to false", writes(config, "disable-network-policy: false\nflannel-backend: wireguard-native\n")],
    ["the argument set to false", installsServer("--disable-network-policy=false --flannel-backend=host-gw")],
    ["the key set to no", writes(config, "disable-network-policy: no\n")],
    ["the key as a list of one false", writes(config, "disable-network-policy: [false]\n")],
    ["a label of that name", writes(config, "node-label:\n  - disable-network-policy=true\n")],
    ["another argument that ends so", installsServer("--never-disable-network-policy --disable-network-policy-x")],
    ["a comment", writes(config, "cluster-init: true\n# disable-network-policy: true\n")],
    ["a comment in a script", "#!/bin/bash\n# never: k3s server --disable-network-policy\nk3s server\n"],
    ["an ordinary machine", "#cloud-config\npackages: [nginx]\n"],
    ["nothing", ""],
  ])("%s", (_, userData) => {
    expect(server(userData)).toEqual([]);
  });
  test("a server without user data", () => {
    expect(judged("hcloud:index/server:Server", {})).toEqual([]);
  });
});

describe("finds", () => {
  test.each([
    // docs.k3s.io, "Networking Services": the three ways to say it, and where people write them.
    ["the key in config.yaml", writes(config, `cluster-init: true\n${off}`)],
    ["the key in a drop-in", writes(dropIn, '"disable-network-policy": "true"\n')],
    ["the key in JSON", writes(dropIn, '{"disable-network-policy": true}')],
    ["the key in base64", writesEncoded(config, off)],
    // k3s, pkg/configfilearg/parser.go: YAML 1.1, lists, a + at the end of a key.
    ["the key with a yes", writes(config, "disable-network-policy: yes\n")],
    ["the key with an on, in capitals", writes(config, 'disable-network-policy: "ON"\n')],
    ["the key as a list", writes(config, "disable-network-policy:\n  - false\n  - true\n")],
    ["the key as a list in a line", writes(config, "disable-network-policy: [true]\n")],
    ["the key that adds", writes(dropIn, "disable-network-policy+: [false, true]\n")],
    ["the key among others of another file", writes("/srv/k3s.conf", `cluster-init: true\n${off}`)],
    ["no network, added", writes(dropIn, "flannel-backend+: [none]\n")],
    ["a list in a heredoc", `#!/bin/bash\ncat > ${config} <<EOF\ndisable-network-policy:\n- yes\nEOF\n`],
    ["a key that adds, in a heredoc", `#!/bin/bash\ncat > ${config} <<EOF\n"disable-network-policy+": on\nEOF\n`],
    ["the argument with one dash", installsServer("-disable-network-policy")],
    ["the argument for no network with one dash", installsServer("-flannel-backend=none")],
    ["the key, packed", writesEncoded(dropIn, off, true)],
    // github.com/liamawhite/homelab, flannelDisabledConfig: no other network in sight.
    ["no network", writes(config, 'flannel-backend: "none"\n')],
    ["the argument", installsServer("--disable-network-policy")],
    ["the argument, true", installsServer("--disable-network-policy=true --secrets-encryption")],
    ["the argument for no network", installsServer("--flannel-backend none")],
    [
      "an argument of the unit",
      writes("/etc/systemd/system/k3s.service", "ExecStart=/usr/local/bin/k3s server --disable-network-policy\n"),
    ],
    [
      "the installer's variable",
      '#!/bin/sh\ncurl -sfL https://get.k3s.io | INSTALL_K3S_EXEC="server --flannel-backend=none" sh -\n',
    ],
    ["a heredoc", `#!/bin/bash\ncat > ${config} <<EOF\ntls-san:\n  - api.example.com\n${off}EOF\n`],
    ["a printf", `#!/bin/bash\nprintf 'cluster-init: true\\ndisable-network-policy: true\\n' > ${config}\n`],
    ["words of a command", "#cloud-config\nruncmd:\n  - [k3s, server, --flannel-backend, none]\n"],
    [
      "one part of several",
      multipart("#cloud-config\npackages: [jq]\n", "#!/bin/sh\nk3s server --disable-network-policy\n"),
    ],
    ["a broken cloud-config", `#cloud-config\nwrite_files:\n\t- path: ${config}\n  content: |\n    ${off}`],
    ["all of it packed", gzipSync(installsServer("--disable-network-policy")).toString("base64")],
    // spigell/pulumi-hcloud-kube-hetzner: internal/system/modules/k3s/defaults.go, for every cluster.
    ["its forced default", writes(config, `node-ip: 10.0.0.2\n${off}`)],
  ])("%s", (_, userData) => {
    expect(server(userData)).toEqual([expect.stringContaining("turns the policy engine of k3s off")]);
  });

  test("the file and the words", () => {
    expect(server(writes(dropIn, off))).toEqual([
      `test (hcloud:index/server:Server): ${dropIn} turns the policy engine of k3s off: disable-network-policy: true`,
    ]);
  });

  test.each<[string, JsonObject]>([
    ["command:remote:Command", { create: "curl -sfL https://get.k3s.io | sh -s - --disable-network-policy" }],
    ["command:remote:Command", { create: "k3s-install", environment: { INSTALL_K3S_EXEC: "--flannel-backend=none" } }],
    ["command:remote:Command", { create: `tee ${config}`, stdin: off }],
    // k3d.io, "Use Calico instead of Flannel".
    ["command:local:Command", { create: "k3d cluster create c --k3s-arg '--disable-network-policy@server:*'" }],
    ["command:local:Command", { create: "true", update: "k3s server --no-flannel" }],
  ])("it in a %s %j", (type, properties) => {
    expect(judged(type, properties)).toHaveLength(1);
  });
});

describe("another engine", () => {
  const replaced = writes(config, `flannel-backend: none\n${off}`);
  test("has to be declared", () => {
    expect(server(replaced)).toHaveLength(2);
    expect(server(replaced, { enforcedBy: "cilium" })).toEqual([]);
    expect(server(replaced, { enforcedBy: "calico" })).toEqual([]);
  });

  // docs.cilium.io, "Policy Enforcement Modes".
  test.each<[string, JsonObject]>([
    ["kubernetes:helm.sh/v3:Release", { chart: "cilium", values: { policyEnforcementMode: "never" } }],
    ["kubernetes:helm.sh/v3:Release", { chart: "cilium/cilium", values: { policyEnforcementMode: "never" } }],
    ["kubernetes:core/v1:ConfigMap", { metadata: { name: "cilium-config" }, data: { "enable-policy": "never" } }],
  ])("has to enforce: %s %j", (type, properties) => {
    expect(judged(type, properties, { enforcedBy: "cilium" })).toEqual([expect.stringContaining('"never"')]);
  });
  test.each<[string, JsonObject]>([
    ["kubernetes:helm.sh/v3:Release", { chart: "cilium", values: { policyEnforcementMode: "default" } }],
    ["kubernetes:helm.sh/v3:Release", { chart: "nginx", values: { policyEnforcementMode: "never" } }],
    ["kubernetes:core/v1:ConfigMap", { metadata: { name: "other" }, data: { "enable-policy": "never" } }],
  ])("enforces: %s %j", (type, properties) => {
    expect(judged(type, properties)).toEqual([]);
  });
});

test("leaves open what is not known yet", () => {
  const open = [expect.stringMatching(/^undecided: /)];
  expect(server(unknownValue)).toEqual(open);
  expect(judged("command:remote:Command", { create: unknownValue })).toEqual(open);
});
