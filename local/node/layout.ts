import { join } from "node:path";
import { cacheDir, stateDir } from "../paths.ts";

/** Name of the node's cgroup, host-side network link and CNI network. */
export const name = "hcloud-postgres";
/** Name under which the machine joins the cluster. */
export const nodeName = "node1";

/** Everything the node keeps: removed by `down`. */
export const nodeDir = join(stateDir, "node");
/** Packed images, by content. */
export const imageDir = join(cacheDir, "images");
/** Holds the node's namespaces; gone after a reboot, as they are. */
export const runDir = `/run/${name}`;

export const paths = {
  kubeconfig: join(nodeDir, "kubeconfig"),
  pki: join(nodeDir, "pki"),
  config: join(nodeDir, "config"),
  logs: join(nodeDir, "log"),
  pids: join(nodeDir, "pid"),
  etcd: join(nodeDir, "etcd"),
  containerd: join(nodeDir, "containerd"),
  containerdSocket: join(nodeDir, "containerd.sock"),
  kubelet: join(nodeDir, "kubelet"),
  volumes: join(nodeDir, "volumes"),
  networkNamespace: join(runDir, "net"),
  mountNamespace: join(runDir, "mnt"),
  /** Points to the state folder of the node that is up: one machine runs one node. */
  owner: join(runDir, "state"),
  cniPlugins: "/usr/lib/cni",
} as const;

/** Addresses inside the node's network namespace, and the one link to the machine. */
export const network = {
  node: "10.77.0.1",
  nodePrefix: "10.77.0.1/24",
  hostSide: "10.77.1.1/30",
  nodeSide: "10.77.1.2",
  pods: "10.244.0.0/16",
  nodePods: "10.244.0.0/24",
  services: "10.96.0.0/24",
  apiService: "10.96.0.1",
  dnsService: "10.96.0.10",
} as const;

export const apiServer = `https://${network.node}:6443`;

/** Path of a certificate's files without their extension. */
export const keyPair = (certificate: string) => ({
  cert: join(paths.pki, `${certificate}.crt`),
  key: join(paths.pki, `${certificate}.key`),
});
