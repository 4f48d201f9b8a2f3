import { spawn, type ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcome, run } from "../../local/exec.ts";
import { installPackages } from "../../local/packages.ts";

// Root. From which address does a pod hear the API server? Two nodes in the private network, with the very devices,
// addresses and routes that flannel makes, and a pod on the second of them.
const name = (part: string) => `hs${String(process.pid)}${part}`;
const [server, agent, pod] = [name("s"), name("a"), name("p")];
const SERVER = "10.0.255.101";
const AGENT = "10.0.0.101";
const POD = "10.42.1.5";
let answering: ChildProcess;

const inside = (namespace: string, command: string) => run("ip", ["netns", "exec", namespace, "sh", "-euc", command]);

beforeAll(async () => {
  await installPackages({ ip: "iproute2", iptables: "iptables", curl: "curl" });
  for (const namespace of [server, agent, pod]) await run("ip", ["netns", "add", namespace]);
  await run("ip", ["-n", server, "link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns", agent]);
  await run("ip", ["-n", agent, "link", "add", "cni0", "type", "veth", "peer", "name", "eth0", "netns", pod]);
  await inside(server, `ip addr add ${SERVER}/16 dev eth1; ip link set eth1 up; ip link set lo up`);
  await inside(agent, `ip addr add ${AGENT}/16 dev eth1; ip link set eth1 up; ip link set lo up`);
  await inside(agent, "ip addr add 10.42.1.1/24 dev cni0; ip link set cni0 up; echo 1 >/proc/sys/net/ipv4/ip_forward");
  await inside(pod, `ip addr add ${POD}/24 dev eth0; ip link set eth0 up; ip route add default via 10.42.1.1`);
  const answer =
    "require('http').createServer((q, r) => r.end(q.socket.remoteAddress)).listen(8000, '0.0.0.0', () => console.log('up'))";
  answering = spawn("ip", ["netns", "exec", pod, process.execPath, "-e", answer], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => answering.stdout?.once("data", resolve));
  // As k3s' policy engine has it: what the pod's own node sends is let in whatever the policies say; of the rest, here,
  // only what carries the private address of the control plane.
  const rules = [
    `-A OUTPUT -d ${POD} -m addrtype --src-type LOCAL -j ACCEPT`,
    `-A OUTPUT -d ${POD} -j REJECT`,
    `-A FORWARD -d ${POD} -s ${SERVER} -j ACCEPT`,
    `-A FORWARD -d ${POD} -j REJECT`,
  ];
  for (const rule of rules) await inside(agent, `iptables ${rule}`);
});
afterAll(async () => {
  answering.kill("SIGKILL");
  for (const namespace of [server, agent, pod]) await outcome("ip", ["netns", "del", namespace]);
});

/** The address that the pod sees; empty where it is not reached. */
async function seenFrom(node: string): Promise<string> {
  const { stdout } = await outcome("ip", [
    ...["netns", "exec", node, "curl", "--silent", "--max-time", "3", `http://${POD}:8000/`],
  ]);
  return stdout;
}

/** flannel's device of a node: the first address of its pod range, and the way to the other one's. */
async function vxlan(node: string, local: string, own: string, other: { node: string; mac: string; vtep: string }) {
  const commands = [
    `ip link add flannel.1 address ${own === "10.42.0.0" ? MAC.server : MAC.agent} type vxlan id 1 local ${local} dev eth1 dstport 8472 nolearning`,
    `ip addr add ${own}/32 dev flannel.1`,
    "ip link set flannel.1 up",
    `ip neigh add ${other.vtep} lladdr ${other.mac} dev flannel.1 nud permanent`,
    `bridge fdb add ${other.mac} dev flannel.1 dst ${other.node}`,
    `ip route add ${other.vtep.replace(/0$/, "0/24")} via ${other.vtep} dev flannel.1 onlink`,
  ];
  await inside(node, commands.join("; "));
}
const MAC = { server: "0e:00:00:00:00:01", agent: "0e:00:00:00:00:02" };

test("flannel's host-gw: the control plane's private address", async () => {
  await inside(server, `ip route add 10.42.1.0/24 via ${AGENT}`);
  expect(await seenFrom(server)).toBe(SERVER);
  await inside(server, `ip route del 10.42.1.0/24`);
});

test("flannel's vxlan: another one, which no policy can name before the node has its pod range", async () => {
  await vxlan(server, SERVER, "10.42.0.0", { node: AGENT, mac: MAC.agent, vtep: "10.42.1.0" });
  await vxlan(agent, AGENT, "10.42.1.0", { node: SERVER, mac: MAC.server, vtep: "10.42.0.0" });
  expect(await seenFrom(server)).toBe("");
  await inside(agent, `iptables -I FORWARD -d ${POD} -s 10.42.0.0 -j ACCEPT`);
  expect(await seenFrom(server)).toBe("10.42.0.0");
  await inside(agent, `iptables -D FORWARD -d ${POD} -s 10.42.0.0 -j ACCEPT`);
});

test("from the pod's own node it is let in: that is where k3s' egress selector dials in mode pod", async () => {
  expect(await seenFrom(agent)).toBe("10.42.1.1");
});
