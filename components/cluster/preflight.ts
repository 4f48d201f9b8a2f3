import { bootstrapOf } from "../../config/conflicts.ts";
import { nodeObjection } from "../../config/hetzner/nodeArgs.ts";
import type { Problem } from "../../config/problems.ts";
import { podRangeProblems } from "../../config/ranges.ts";
import type { Config } from "../../config/schema.ts";
import { namespaceOf } from "../../config/workloads.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { poolersOf } from "../access/poolers.ts";
import { otherNamespaces } from "../access/workloads.ts";
import { isOwnedBy } from "../namespace.ts";
import { CERTIFICATES_VERSION, compareVersions, MINIMUM_VERSION, RECOMMENDED_VERSION } from "../operator/release.ts";
import type { LiveCluster } from "./live.ts";
import { poolObjections } from "./pools.ts";
import { releaseObjections, releaseWarnings } from "./releases.ts";
import { runningObjections, runningWarnings } from "./running.ts";

/** What this stack did before, as far as it changes what may be done now. */
export interface Before {
  /** `organization/project/stack`. */
  stack: string;
  /** UID of the cluster that the last `up` went to; undefined before the first. */
  clusterUid?: string | undefined;
}

/** Why the configuration must not be applied to this cluster; empty when it may. */
export function objections(config: Config, live: LiveCluster, before: Before): Problem[] {
  return [
    ...otherCluster(config, live, before),
    ...enforcementObjections(config, live),
    ...namespaceObjections(config, live, before),
    ...clientNamespaceObjections(config, live),
    ...operatorObjections(config, live, before),
    ...certificateObjections(config, live),
    ...bootstrapObjections(config, live),
    ...rangeObjections(config, live),
    ...hetznerObjections(config, live),
  ];
}

function hetznerObjections({ cluster: { hetzner } }: Config, { nodes }: LiveCluster): Problem[] {
  if (!hetzner) return [];
  return [releaseObjections, poolObjections, runningObjections].flatMap((judge) => judge(hetzner, nodes));
}

/** What may be applied, but should be known. */
export function warnings(config: Config, live: LiveCluster): string[] {
  const { hetzner } = config.cluster;
  return [
    ...sharingWarnings(config),
    ...(hetzner ? [...releaseWarnings(hetzner, live.nodes), ...runningWarnings(hetzner, live.nodes)] : []),
    ...versionWarnings(config, live),
  ];
}

/** Nobody can have made a namespace in a cluster that is still to be made. */
export function namespacesTooEarly({ clients, database, namespace }: Config): string[] {
  return otherNamespaces({ name: database.name, namespace: namespace.name }, clients).map(
    (name) =>
      `namespace ${name} of clients is nobody's yet: up stops at what it puts there; ` +
      `then create it (kubectl create namespace ${name}), and run up again`,
  );
}

/** PostgreSQL knows the clients of a pooler by its address only. */
function sharingWarnings({ clients }: Config): string[] {
  return poolersOf(clients)
    .filter((pooler) => pooler.clients.length > 1)
    .map((pooler) => {
      const names = pooler.clients.map(({ name }) => name).join(", ");
      return `clients ${names} share pooler ${pooler.name}: whoever has another's password can log in as it`;
    });
}

function versionWarnings(config: Config, live: LiveCluster): string[] {
  if (config.operator.install !== "existing") return [];
  const version = operatorVersion(live.operators[0]);
  if (version === undefined || compareVersions(version, RECOMMENDED_VERSION) >= 0) return [];
  return [
    `CloudNativePG ${version}: below ${RECOMMENDED_VERSION} whoever reaches port 8000 of an instance can command it; upgrade the operator`,
  ];
}

function otherCluster({ cluster }: Config, live: LiveCluster, { clusterUid }: Before): Problem[] {
  if (clusterUid === undefined || clusterUid === live.uid) return [];
  const ours = cluster.hetzner !== undefined;
  return [
    {
      key: ours ? "cluster.hetzner" : "kubeconfig",
      got: `a cluster with kube-system UID ${live.uid}`,
      expected: `the cluster of the last up, ${clusterUid}: on another one this stack would start empty`,
      fix: ours
        ? "restore the old one from a snapshot of etcd (docs/hetzner.md); or, when it is gone for good, begin a new stack (pulumi stack init)"
        : "point kubeconfig at the old cluster; or, when that is gone for good, begin a new stack (pulumi stack init)",
    },
  ];
}

/** What nodes say of how k3s runs on them counts more than what was declared. */
function enforcementObjections({ cluster }: Config, { nodes }: LiveCluster): Problem[] {
  const cniPlugin = cluster.kubeHetzner?.cniPlugin ?? "flannel";
  return nodes.flatMap(({ name, annotations = {} }) => {
    const got = nodeObjection(annotations, cniPlugin);
    if (got === undefined) return [];
    const expected = `k3s on node ${name} to run its policy engine: without one NetworkPolicies are stored and not enforced`;
    const fix =
      "remove it on every server and restart k3s; where Calico or Cilium enforces them, say so: cluster.kubeHetzner.cniPlugin";
    return [{ key: cluster.hetzner ? "cluster.hetzner" : "cluster", got, expected, fix }];
  });
}

function namespaceObjections({ namespace }: Config, live: LiveCluster, { stack }: Before): Problem[] {
  const found = live.namespace;
  const key = "namespace.existing";
  if (namespace.existing && !found) {
    const fix = `create it (kubectl create namespace ${namespace.name}), or set ${key} to false`;
    return [{ key, got: true, expected: `namespace ${namespace.name} to exist already`, fix }];
  }
  if (!namespace.existing && found && !isOwnedBy(stack, found.metadata.annotations)) {
    const expected = `no namespace ${namespace.name}, since this stack is to make it: it exists, made by somebody else`;
    return [{ key, got: false, expected, fix: `set ${key} to true, or choose another namespace.name` }];
  }
  const level = found?.metadata.labels?.["pod-security.kubernetes.io/enforce"];
  if (namespace.existing && level !== "restricted") {
    const label = "pod-security.kubernetes.io/enforce=restricted";
    const fix = `kubectl label namespace ${namespace.name} ${label}`;
    return [{ key: "namespace.name", got: level, expected: `namespace ${namespace.name} with label ${label}`, fix }];
  }
  return [];
}

/** The namespaces of clients are other people's: the stack puts objects into them, and makes none. */
function clientNamespaceObjections({ clients, namespace }: Config, { clientNamespaces }: LiveCluster): Problem[] {
  return clients.flatMap(({ workloads }, i) =>
    workloads.flatMap((workload, j) => {
      const got = namespaceOf(workload, namespace.name);
      if (got === namespace.name || clientNamespaces.includes(got)) return [];
      const key = `clients[${String(i)}].workloads[${String(j)}].namespace`;
      return [{ key, got, expected: "a namespace that exists", fix: `create it (kubectl create namespace ${got})` }];
    }),
  );
}

function operatorObjections({ operator }: Config, live: LiveCluster, { stack }: Before): Problem[] {
  const key = "operator.install";
  const got = operator.install;
  if (got !== "existing") {
    if (isOwnedBy(stack, live.operatorNamespace?.metadata.annotations)) return [];
    if (!live.operatorNamespace && !live.operatorWebhook) return [];
    const expected = `no CloudNativePG operator (a cluster holds one) and no namespace ${operator.namespace} of somebody else`;
    return [{ key, got, expected, fix: "set operator.install to existing, or remove the other one" }];
  }
  const [deployment] = live.operators;
  if (!deployment) {
    const expected = `an operator in namespace ${operator.namespace} with labels ${JSON.stringify(operator.podLabels)}`;
    return [
      { key, got, expected, fix: "correct operator.namespace and operator.podLabels, or let the stack install it" },
    ];
  }
  const version = operatorVersion(deployment);
  if (version !== undefined && compareVersions(version, MINIMUM_VERSION) >= 0) return [];
  const seen = version ?? `an image that tells no version (${image(deployment)})`;
  return [{ key, got: seen, expected: `CloudNativePG ${MINIMUM_VERSION} or later`, fix: "upgrade the operator" }];
}

function certificateObjections({ clients, operator }: Config, live: LiveCluster): Problem[] {
  const version = operator.install === "existing" ? operatorVersion(live.operators[0]) : undefined;
  if (version === undefined || compareVersions(version, CERTIFICATES_VERSION) >= 0) return [];
  return clients.flatMap(({ auth }, index): Problem[] => {
    if (auth !== "cert") return [];
    const expected = `CloudNativePG ${CERTIFICATES_VERSION} or later, which issues certificates; ${version} does not`;
    return [{ key: `clients[${String(index)}].auth`, got: auth, expected, fix: "upgrade the operator" }];
  });
}

/** CloudNativePG reads bootstrap once and ignores every later change: the clients would be sent to what is not there. */
function bootstrapObjections(config: Config, live: LiveCluster): Problem[] {
  const spec = live.database?.["spec"] as { bootstrap?: { initdb?: { database: string; owner: string } } } | undefined;
  const old = spec?.bootstrap?.initdb;
  const now = bootstrapOf(config);
  if (!old || (old.database === now.database && old.owner === now.owner)) return [];
  return [
    {
      key: "database.bootstrap",
      got: now,
      expected: `what ${config.database.name} was started with: ${JSON.stringify({ database: old.database, owner: old.owner })}`,
      fix: "set database.bootstrap to that; a further client gets a database of its own",
    },
  ];
}

function rangeObjections({ clients }: Config, { nodes }: LiveCluster): Problem[] {
  const ranges = nodes.map(({ name, podCidrs }) => ({ pods: `pods of node ${name}`, cidrs: podCidrs }));
  return podRangeProblems(clients, ranges);
}

function image(deployment: KubeObject): string {
  const spec = deployment["spec"] as { template: { spec: { containers: { image: string }[] } } };
  return spec.template.spec.containers[0]?.image ?? "";
}

function operatorVersion(deployment: KubeObject | undefined): string | undefined {
  return deployment && /:v?(\d+\.\d+\.\d+)/.exec(image(deployment))?.[1];
}
