import { join } from "node:path";
import type { ToolName } from "../toolchain.ts";
import type { Daemon } from "./daemon.ts";
import { apiServer, keyPair, network, nodeName, paths } from "./layout.ts";
import { configFile, containerdConfig, kubeconfigOf, kubeletConfig } from "./config.ts";

/** The tools whose binaries run as daemons of the node. */
export const daemonTools = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kube-router",
] as const satisfies ToolName[];

/** A daemon of the node. */
export type DaemonName = (typeof daemonTools)[number] | "containerd";

const ca = keyPair("ca");
const serving = keyPair("apiserver");
const toKubelet = keyPair("kubelet-client");
const tokenKey = join(paths.pki, "sa.key");
const etcdClient = "http://127.0.0.1:2379";

const args: Record<DaemonName, Record<string, string>> = {
  etcd: {
    "data-dir": paths.etcd,
    "listen-client-urls": etcdClient,
    "advertise-client-urls": etcdClient,
    "listen-peer-urls": "http://127.0.0.1:2380",
    // A cluster that is made anew in a minute need not survive a power cut.
    "unsafe-no-fsync": "true",
  },
  "kube-apiserver": {
    "etcd-servers": etcdClient,
    "bind-address": "0.0.0.0",
    "advertise-address": network.node,
    "secure-port": new URL(apiServer).port,
    "tls-cert-file": serving.cert,
    "tls-private-key-file": serving.key,
    "client-ca-file": ca.cert,
    "anonymous-auth": "false",
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": "true",
    "service-cluster-ip-range": network.services,
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": join(paths.pki, "sa.pub"),
    "service-account-signing-key-file": tokenKey,
    "kubelet-client-certificate": toKubelet.cert,
    "kubelet-client-key": toKubelet.key,
    // The node's name resolves nowhere: `kubectl exec` and `logs` need its address.
    "kubelet-preferred-address-types": "InternalIP",
  },
  "kube-controller-manager": {
    kubeconfig: kubeconfigOf("kube-controller-manager"),
    "bind-address": "127.0.0.1",
    "service-account-private-key-file": tokenKey,
    "root-ca-file": ca.cert,
    "cluster-signing-cert-file": ca.cert,
    "cluster-signing-key-file": ca.key,
    "use-service-account-credentials": "true",
    "leader-elect": "false",
  },
  "kube-scheduler": {
    kubeconfig: kubeconfigOf("kube-scheduler"),
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
  },
  containerd: { config: configFile("containerd.toml") },
  kubelet: {
    config: configFile("kubelet.yaml"),
    kubeconfig: kubeconfigOf("kubelet"),
    "root-dir": paths.kubelet,
    "hostname-override": nodeName,
    "node-ip": network.node,
  },
  "kube-proxy": {
    kubeconfig: kubeconfigOf("kube-proxy"),
    "proxy-mode": "iptables",
    "cluster-cidr": network.pods,
    "conntrack-max-per-core": "0",
    "hostname-override": nodeName,
  },
  "kube-router": {
    kubeconfig: kubeconfigOf("kube-router"),
    "run-firewall": "true",
    "run-router": "false",
    "run-service-proxy": "false",
    "enable-cni": "false",
    "service-cluster-ip-range": network.services,
    "metrics-port": "0",
    "hostname-override": nodeName,
  },
};

const configs: Partial<Record<DaemonName, string>> = { containerd: containerdConfig(), kubelet: kubeletConfig() };

/** A daemon as it should run, its binary being `binary`. */
export function daemon(name: DaemonName, binary: string): Daemon {
  const config = configs[name];
  return {
    name,
    binary,
    args: Object.entries(args[name]).map(([flag, value]) => `--${flag}=${value}`),
    ...(config !== undefined && { config }),
  };
}
