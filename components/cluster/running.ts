import type { Flag } from "../../config/hetzner/k3sArgs.ts";
import { serverFlags } from "../../config/hetzner/nodeArgs.ts";
import type { HetznerSettings } from "../../config/hetzner/schema.ts";
import type { Problem } from "../../config/problems.ts";
import { flannelBackend } from "./hetzner/k3sConfig.ts";
import { K3S_LABEL, parsedTaint, plan, type PlannedNode } from "./hetzner/plan.ts";
import type { LiveNode } from "./live.ts";

/** Settings come to a server with its first boot; how those run that are there, they say themselves. */
interface RunningServer {
  name: string;
  flags: readonly Flag[];
}

const RESTART = "in /etc/rancher/k3s/config.yaml of every control-plane server, and restart k3s on one after the other";

/**
 * Settings that running servers contradict, and that a new one could not differ in: k3s lets no server join that disagrees
 * (its CriticalControlArgs), and no kubeconfig leads to a name that is in no certificate.
 */
export function runningObjections(settings: HetznerSettings, nodes: readonly LiveNode[]): Problem[] {
  const running = servers(nodes);
  return [
    ...agreed(settings).flatMap(({ flag, key, got, value }): Problem[] => {
      const [other] = running.filter(({ flags }) => ![value, undefined].includes(valueOf(flags, flag)));
      if (!other) return [];
      const expected = `${flag} ${valueOf(other.flags, flag) ?? ""}, as k3s runs with on ${other.name}: no server joins that disagrees`;
      return [{ key: `cluster.hetzner.${key}`, got, expected, fix: `set it back; or first change ${flag} ${RESTART}` }];
    }),
    ...addressObjections(settings, running),
  ];
}

/** Settings that running servers will not come to by themselves. */
export function runningWarnings(settings: HetznerSettings, nodes: readonly LiveNode[]): string[] {
  const running = servers(nodes);
  return [
    ...backupWarnings(settings, running),
    ...lacking(running, settings.additionalTlsSans).map(
      (name) => `${name} is in no certificate of running servers: add it to tls-san ${RESTART}`,
    ),
    ...plan(settings).nodes.flatMap((planned) => {
      const now = nodes.find(({ name }) => name === planned.name);
      return now ? nodeWarnings(planned, now) : [];
    }),
  ];
}

/** What all servers of a cluster have to agree on. */
function agreed(settings: HetznerSettings) {
  const backend = settings.flannelBackend === undefined ? "enableCniWireguardEncryption" : "flannelBackend";
  const { clusterIpv4Cidr, serviceIpv4Cidr, enableSecretsEncryption } = settings;
  return [
    { flag: "cluster-cidr", key: "clusterIpv4Cidr", got: clusterIpv4Cidr, value: clusterIpv4Cidr },
    { flag: "service-cidr", key: "serviceIpv4Cidr", got: serviceIpv4Cidr, value: serviceIpv4Cidr },
    { flag: "flannel-backend", key: backend, got: settings[backend], value: flannelBackend(settings) },
    {
      flag: "secrets-encryption",
      key: "enableSecretsEncryption",
      got: enableSecretsEncryption,
      value: String(enableSecretsEncryption),
    },
  ];
}

function addressObjections({ kubeconfigServerAddress }: HetznerSettings, running: readonly RunningServer[]): Problem[] {
  if (kubeconfigServerAddress === undefined || lacking(running, [kubeconfigServerAddress]).length === 0) return [];
  const key = "cluster.hetzner.kubeconfigServerAddress";
  const expected = "a name that is in the certificates of the running servers, or the kubeconfig would fit none";
  return [{ key, got: kubeconfigServerAddress, expected, fix: `first add it to tls-san ${RESTART}` }];
}

/** Those of the names that not every running server has in its certificate. */
function lacking(running: readonly RunningServer[], names: readonly string[]): string[] {
  return names.filter((name) =>
    running.some(({ flags }) => !flags.some((flag) => flag.name === "tls-san" && flag.value === name)),
  );
}

function backupWarnings({ etcdS3Backup }: HetznerSettings, running: readonly RunningServer[]): string[] {
  if (!etcdS3Backup) return [];
  const without = running.filter(({ flags }) => valueOf(flags, "etcd-s3-bucket") !== etcdS3Backup.bucket);
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name).join(", ");
  return [
    `${names}: k3s puts no snapshots into bucket ${etcdS3Backup.bucket}, since etcdS3Backup counts for servers made from now on: ` +
      `set etcd-s3 and what belongs to it ${RESTART}, or replace them`,
  ];
}

/** k3s gives a node its labels and taints when it first joins. */
function nodeWarnings(planned: PlannedNode, { name, labels, taints }: LiveNode): string[] {
  const missingLabels = planned.labels.filter((label) => {
    const [key = "", value] = label.split("=");
    return key !== K3S_LABEL && labels[key] !== value;
  });
  const missingTaints = planned.taints.filter((text) => {
    const { key, value, effect } = parsedTaint(text);
    return !taints.some((taint) => taint.key === key && (taint.value ?? "") === value && taint.effect === effect);
  });
  return [
    ...missingLabels.map(
      (label) => `node ${name} lacks label ${label}: kubectl label node ${name} --overwrite ${label}`,
    ),
    ...missingTaints.map((taint) => `node ${name} lacks taint ${taint}: kubectl taint node ${name} ${taint}`),
  ];
}

function servers(nodes: readonly LiveNode[]): RunningServer[] {
  return nodes.flatMap(({ name, annotations = {} }) => {
    const flags = serverFlags(annotations);
    return flags ? [{ name, flags }] : [];
  });
}

/** What a flag was last set to; a flag without a value is true. */
function valueOf(flags: readonly Flag[], name: string): string | undefined {
  const last = flags.findLast((flag) => flag.name === name);
  return last && (last.value ?? "true");
}
