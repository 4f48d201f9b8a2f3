import type { Problem } from "../problems.ts";
import { keyedPools, schedulesOnControlPlane } from "./pools.ts";
import type { HetznerSettings } from "./schema.ts";

/**
 * What kubelet and cloud controller say of each node. Given to a pool it would be said of all its nodes: with one host name for
 * them neither anti-affinity nor a local volume finds the right one.
 * Source: Kubernetes 1.36, pkg/kubelet/kubelet_node_status.go (updateDefaultLabels, initialNode).
 */
const EACH_NODES_OWN = [
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "beta.kubernetes.io/os",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "kubernetes.io/arch",
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
];
/**
 * Of Kubernetes' own labels a kubelet may give itself these and the ones above; with any other one it does not start.
 * Source: Kubernetes 1.36, cmd/kubelet/app/options/options.go, and k8s.io/kubelet, pkg/apis/well_known_labels.go.
 */
const KUBELET_DOMAINS = /(^|\.)(kubelet|node)\.kubernetes\.io$/;
const KUBERNETES = /(^|\.)(kubernetes|k8s)\.io$/;

/** Labels below it say which pool and which release a node is of. */
const OURS = "hcloud-postgres";

/** The taint that keeps workloads off the control plane, where that is asked for. */
export const CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane=:NoSchedule";

/** Labels and taints of pools that a kubelet would refuse, or that would not stay. */
export function labelProblems(settings: HetznerSettings): Problem[] {
  const tainted = new Set(schedulesOnControlPlane(settings) ? [] : settings.controlPlaneNodepools);
  return keyedPools(settings).flatMap(({ key, pool }) => [
    ...pool.labels.flatMap((label, index) => ownLabelProblems(`${key}.labels[${String(index)}]`, label)),
    ...doubled(`${key}.labels`, pool.labels, keyOf, "a key that only one label of the pool has"),
    ...doubled(`${key}.taints`, pool.taints, kindOf, "a key and effect that only one taint of the pool has"),
    ...pool.taints.flatMap((got, index) => {
      if (!tainted.has(pool) || kindOf(got) !== kindOf(CONTROL_PLANE_TAINT)) return [];
      const expected = "a taint of your own: this one comes with allowSchedulingOnControlPlane: false";
      return [{ key: `${key}.taints[${String(index)}]`, got, expected, fix: "remove it" }];
    }),
  ]);
}

function ownLabelProblems(key: string, got: string): Problem[] {
  const name = keyOf(got);
  const domain = domainOf(name);
  if (domain === OURS) {
    return [{ key, got, expected: `a label outside ${OURS}/, which this program sets`, fix: "choose another key" }];
  }
  if (EACH_NODES_OWN.includes(name)) {
    const expected =
      "a label of the pool: this one the kubelet or Hetzner's cloud controller gives each node by itself";
    return [{ key, got, expected, fix: "remove it, or choose a key of your own" }];
  }
  if (!KUBERNETES.test(domain) || KUBELET_DOMAINS.test(domain)) return [];
  const expected =
    "a label that a kubelet may give itself: of Kubernetes' own, those below node.kubernetes.io/ for one";
  return [{ key, got, expected, fix: "choose a key of your own, like role=database" }];
}

function doubled(key: string, list: readonly string[], of: (entry: string) => string, expected: string): Problem[] {
  return list.flatMap((got, index) => {
    const earlier = list.findIndex((other) => of(other) === of(got));
    if (earlier === index) return [];
    const told = `${expected}; ${key}[${String(earlier)}] has it`;
    return [{ key: `${key}[${String(index)}]`, got, expected: told, fix: "remove one of them" }];
  });
}

function keyOf(entry: string): string {
  return entry.split("=")[0] ?? "";
}

function domainOf(key: string): string {
  return key.includes("/") ? (key.split("/")[0] ?? "") : "";
}

/** What a taint is told apart by: its key and its effect. */
function kindOf(taint: string): string {
  return `${keyOf(taint)}:${taint.split(":")[1] ?? ""}`;
}
