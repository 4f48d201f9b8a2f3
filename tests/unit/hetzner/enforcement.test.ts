import { expect, test } from "vitest";
import { disablingFlag, disablingSettings } from "../../../config/hetzner/enforcement.ts";
import { words } from "../../../config/hetzner/k3sArgs.ts";
import { nodeObjection } from "../../../config/hetzner/nodeArgs.ts";
import { EMPTY_CLUSTER, runStack } from "../program/stack.ts";

const ENGINE = "--disable-network-policy";
const BACKEND = "--flannel-backend=none";

test.each([
  ["--disable-network-policy", ENGINE],
  ["--disable-network-policy=true", ENGINE],
  ["--disable-network-policy=1", ENGINE],
  ["-disable-network-policy", ENGINE],
  ["--disable-network-policy=false", undefined],
  ["--disable-network-policy --disable-network-policy=false", undefined],
  ["--disable-network-policy=false --disable-network-policy", ENGINE],
  // A value of its own is none for a switch.
  ["--disable-network-policy false", ENGINE],
  ["--disable traefik", undefined],
  ["--node-label=disable-network-policy=true", undefined],
  ["disable-network-policy", undefined],
  ["--flannel-backend=none", BACKEND],
  ["--flannel-backend none --debug", BACKEND],
  ["-flannel-backend none", BACKEND],
  ["--flannel-backend=none --flannel-backend=vxlan", undefined],
  ["none", undefined],
])("k3s server %s: what is against the policy engine is %s", (line, flag) => {
  expect(disablingFlag(words(line))).toBe(flag);
});

test("every way that a setting can turn it off is found at once", () => {
  const settings = {
    enableNetworkPolicy: false,
    controlPlanesCustomConfig: { "disable-network-policy": "yes" },
    controlPlaneExecArgs: "--disable-network-policy",
  };
  expect(disablingSettings(settings).map(({ key }) => key)).toEqual([
    "enableNetworkPolicy",
    "controlPlanesCustomConfig.disable-network-policy",
    "controlPlaneExecArgs",
  ]);
});

// k3s takes a + off the end of a key, and sets a flag once for each value of a list.
test.each<[Record<string, unknown>, string[]]>([
  [{ "disable-network-policy": false }, []],
  [{ "disable-network-policy": [false] }, []],
  [{ "disable-network-policy": [false, true] }, ["controlPlanesCustomConfig.disable-network-policy"]],
  [{ "disable-network-policy+": true }, ["controlPlanesCustomConfig.disable-network-policy+"]],
  [{ "flannel-backend": "vxlan" }, []],
  [{ "flannel-backend": "none" }, ["controlPlanesCustomConfig.flannel-backend"]],
  [{ "flannel-backend+": ["none"] }, ["controlPlanesCustomConfig.flannel-backend+"]],
])("raw configuration %j turns it off by %j", (controlPlanesCustomConfig, keys) => {
  expect(disablingSettings({ controlPlanesCustomConfig }).map(({ key }) => key)).toEqual(keys);
});

const annotations = (...args: string[]) => ({ "k3s.io/node-args": JSON.stringify(["server", ...args]) });

test.each<[string, Record<string, string>, string, string | undefined]>([
  ["nothing", {}, "flannel", undefined],
  ["no list", { "k3s.io/node-args": "{" }, "flannel", undefined],
  [
    "flag and value apart, as k3s notes them",
    annotations("--disable-network-policy", "true"),
    "flannel",
    "--disable-network-policy",
  ],
  ["the flag alone", annotations("--disable-network-policy", "--debug"), "flannel", "--disable-network-policy"],
  ["the flag off", annotations("--disable-network-policy", "false"), "flannel", undefined],
  ["no flannel", annotations("--flannel-backend", "none"), "flannel", "--flannel-backend=none"],
  ["WireGuard", annotations("--flannel-backend", "wireguard-native"), "flannel", undefined],
  [
    "Cilium, declared",
    annotations("--flannel-backend", "none", "--disable-network-policy", "true"),
    "cilium",
    undefined,
  ],
])("a node that says %s", (_name, node, cniPlugin, expected) => {
  expect(nodeObjection(node, cniPlugin)).toBe(expected);
});

test("a cluster whose nodes say that nothing enforces policies is refused, whatever was declared", async () => {
  const nodes = EMPTY_CLUSTER.nodes.map((node) => ({ ...node, annotations: annotations("--disable-network-policy") }));
  const run = (cluster: object) => runStack("production", { config: { cluster }, live: { nodes } });
  await expect(run({})).rejects.toThrow("--disable-network-policy");
  await expect(run({ kubeHetzner: { enableNetworkPolicy: true } })).rejects.toThrow("node2");
  expect((await run({ kubeHetzner: { cniPlugin: "cilium" } })).length).toBeGreaterThan(10);
});

test.each<[string, object, string[]]>([
  ["enforcement off", { enableNetworkPolicy: false }, ["cluster.kubeHetzner.enableNetworkPolicy"]],
  ["v2's way to turn it off", { disable_network_policy: true }, ["calls it enableNetworkPolicy", "means the opposite"]],
  ["a setting of kube-hetzner's that nothing hangs on", { enable_kured: true }, ["only what bears on enforcement"]],
  [
    "no flannel by raw configuration",
    { controlPlanesCustomConfig: { "flannel-backend": "none" } },
    ["cluster.kubeHetzner.controlPlanesCustomConfig.flannel-backend"],
  ],
  [
    "no flannel by raw arguments",
    { controlPlaneExecArgs: "--disable traefik --flannel-backend none" },
    ["cluster.kubeHetzner.controlPlaneExecArgs", "remove --flannel-backend=none"],
  ],
  [
    "an API server for everybody",
    { firewallKubeApiSource: ["0.0.0.0/0"] },
    ["cluster.kubeHetzner.firewallKubeApiSource[0]"],
  ],
])("a declared cluster with %s is refused", async (_name, kubeHetzner, said) => {
  const run = runStack("production", { config: { cluster: { kubeHetzner } } });
  for (const text of said) await expect(run).rejects.toThrow(text);
});
