import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcome, run } from "../../local/exec.ts";
import { installPackages } from "../../local/packages.ts";

const packages = { ip: "iproute2", nft: "nftables", iptables: "iptables", curl: "curl" };

// Root. Three network namespaces, joined as on a node: a pod behind it,
// Hetzner's metadata service before it.
const name = (part: string) => `hz${String(process.pid)}${part}`;
const [pod, node, cloud] = [name("p"), name("n"), name("c")];
const guard = join(import.meta.dirname, "../../components/cluster/hetzner/files/metadata-guard.nft");
let stop: () => void = () => undefined;

const inside = (namespace: string, command: string) => ["netns", "exec", namespace, "sh", "-euc", command];

beforeAll(async () => {
  await installPackages(packages);
  for (const namespace of [pod, node, cloud]) await run("ip", ["netns", "add", namespace]);
  await run("ip", ["-n", node, "link", "add", "cni0", "type", "veth", "peer", "name", "eth0", "netns", pod]);
  await run("ip", ["-n", node, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", cloud]);
  await run("ip", inside(node, "ip addr add 10.42.0.1/24 dev cni0; ip addr add 198.51.100.2/24 dev eth0"));
  await run(
    "ip",
    inside(node, "ip link set cni0 up; ip link set eth0 up; ip link set lo up; echo 1 >/proc/sys/net/ipv4/ip_forward"),
  );
  await run("ip", inside(node, "ip route add default via 198.51.100.1"));
  await run(
    "ip",
    inside(pod, "ip addr add 10.42.0.5/24 dev eth0; ip link set eth0 up; ip route add default via 10.42.0.1"),
  );
  await run("ip", inside(cloud, "ip addr add 198.51.100.1/24 dev eth0; ip link set eth0 up; ip link set lo up"));
  await run(
    "ip",
    inside(
      cloud,
      "ip addr add 169.254.169.254/32 dev lo; ip addr add 203.0.113.1/32 dev lo; ip route add 10.42.0.0/24 via 198.51.100.2",
    ),
  );
  const { spawn } = await import("node:child_process");
  const answer = "require('http').createServer((_, r) => r.end('user data')).listen(80, () => console.log('up'))";
  const server = spawn("ip", ["netns", "exec", cloud, process.execPath, "-e", answer], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  stop = () => server.kill("SIGKILL");
  await new Promise((resolve) => server.stdout.once("data", resolve));
});
afterAll(async () => {
  stop();
  for (const namespace of [pod, node, cloud]) await outcome("ip", ["netns", "del", namespace]);
});

/** What comes back from an address; empty where nothing does. */
async function asked(from: string, address: string): Promise<string> {
  const { stdout } = await outcome("ip", inside(from, `curl --silent --max-time 2 http://${address}/ || true`));
  return stdout;
}

/** Who reaches what: pod and node, metadata and any other address outside. */
async function reached(): Promise<Record<string, boolean>> {
  const [metadata, other] = ["169.254.169.254", "203.0.113.1"];
  return {
    "pod: metadata": (await asked(pod, metadata)) !== "",
    "pod: elsewhere": (await asked(pod, other)) !== "",
    "node: metadata": (await asked(node, metadata)) !== "",
  };
}

const GUARDED = { "pod: metadata": false, "pod: elsewhere": true, "node: metadata": true };

test("without the guard a pod reads the server's user data", async () => {
  expect(await reached()).toEqual({ ...GUARDED, "pod: metadata": true });
});

test("with it only the node does", async () => {
  await run("ip", inside(node, `nft -f ${guard}`));
  expect(await reached()).toEqual(GUARDED);
});

test("it stays when it is loaded again, and when the policy engine replaces all of iptables", async () => {
  await run("ip", inside(node, `nft -f ${guard}`));
  // As kube-router restores its chains, and coarser: the whole table, with everything let through.
  for (const iptables of ["iptables-nft", "iptables-legacy"]) {
    const rules =
      "*filter\\n:INPUT ACCEPT\\n:FORWARD ACCEPT\\n:OUTPUT ACCEPT\\n:KUBE-ROUTER-FORWARD -\\n-I FORWARD -j KUBE-ROUTER-FORWARD\\n-A KUBE-ROUTER-FORWARD -j ACCEPT\\nCOMMIT\\n";
    const { code, stderr } = await outcome("ip", inside(node, `printf '${rules}' | ${iptables}-restore`));
    expect([code, stderr], iptables).toEqual([0, ""]);
    expect(await reached(), iptables).toEqual(GUARDED);
    await run("ip", inside(node, `${iptables} -F && ${iptables} -X && ${iptables} -P FORWARD ACCEPT`));
    expect(await reached(), iptables).toEqual(GUARDED);
  }
});

test("a translated destination is no way around it", async () => {
  await run(
    "ip",
    inside(
      node,
      "nft -f - <<'E'\ntable ip service {\n chain prerouting {\n  type nat hook prerouting priority dstnat;\n  ip daddr 10.43.0.99 dnat to 169.254.169.254\n }\n}\nE",
    ),
  );
  expect(await asked(pod, "10.43.0.99")).toBe("");
  await run("ip", inside(node, "nft delete table inet metadata_guard"));
  expect(await asked(pod, "10.43.0.99")).toBe("user data");
});
