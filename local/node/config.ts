import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { kubeconfig } from "./kubeconfig.ts";
import { apiServer, keyPair, name, network, paths } from "./layout.ts";

/** Tag of the image that holds a pod's namespaces open. */
export const pauseImage = "localhost/pause:1";

/** Path of a configuration file of the node. */
export function configFile(file: string): string {
  return join(paths.config, file);
}

/** Path of the kubeconfig of one of the node's own users. */
export function kubeconfigOf(user: string): string {
  return configFile(`${user}.kubeconfig`);
}

/** containerd with its own root and socket, away from any other on the machine. */
export function containerdConfig(): string {
  return `version = 2
root = "${paths.containerd}"
state = "/run/containerd"
[grpc]
  address = "${paths.containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${paths.containerd}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE a pod's score cannot be lowered, and no sandbox would start.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${paths.cniPlugins}"
    conf_dir = "${configFile("cni")}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/** The kubelet, with its pods below the node's own cgroup and its images safe from garbage collection: none could be pulled again. */
export function kubeletConfig(): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    healthzBindAddress: network.node,
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${name}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: keyPair("ca").cert },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: keyPair("kubelet").cert,
    tlsPrivateKeyFile: keyPair("kubelet").key,
    clusterDNS: [network.dnsService],
    clusterDomain: "cluster.local",
    resolvConf: configFile("resolv.conf"),
    podLogsDir: join(paths.kubelet, "logs"),
    volumePluginDir: join(paths.kubelet, "volume-plugins"),
    failSwapOn: false,
    enforceNodeAllocatable: [],
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
  });
}

/** Pod networking: one bridge, addresses handed out by a file. */
export function cniConfig(): string {
  const bridge = {
    type: "bridge",
    bridge: "cni0",
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: { type: "host-local", ranges: [[{ subnet: network.nodePods }]], routes: [{ dst: "0.0.0.0/0" }] },
  };
  const portmap = { type: "portmap", capabilities: { portMappings: true } };
  return JSON.stringify({ cniVersion: "1.0.0", name, plugins: [bridge, portmap] }, null, 2);
}

/** Writes every configuration file of the node and the administrator's kubeconfig. */
export function writeConfigs(): void {
  for (const folder of [configFile("cni"), paths.volumes]) mkdirSync(folder, { recursive: true });
  writeFileSync(configFile("containerd.toml"), containerdConfig());
  writeFileSync(configFile("kubelet.yaml"), kubeletConfig());
  writeFileSync(configFile("cni/10-bridge.conflist"), cniConfig());
  writeFileSync(configFile("resolv.conf"), `nameserver ${network.dnsService}\n`);
  for (const user of ["kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kube-router"]) {
    writeKubeconfig(kubeconfigOf(user), user);
  }
  writeKubeconfig(paths.kubeconfig, "admin");
}

function writeKubeconfig(path: string, certificate: string): void {
  const read = (file: string) => readFileSync(file, "utf8");
  const { cert, key } = keyPair(certificate);
  const text = kubeconfig({ server: apiServer, ca: read(keyPair("ca").cert), cert: read(cert), key: read(key) });
  writeFileSync(path, text, { mode: 0o600 });
}
