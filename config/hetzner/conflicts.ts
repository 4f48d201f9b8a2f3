import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { disablingSettings } from "./enforcement.ts";
import { exposures } from "./exposure.ts";
import { hetznerProblems } from "./limits.ts";

/** Keys that describe a cluster that is there. */
const OF_EXISTING = [
  "kind",
  "context",
  "nodeSelector",
  "tolerations",
  "distinctNodes",
  "storageClass",
  "controlPlaneCidrs",
  "kubeHetzner",
] as const;

/** What is wrong with the cluster's settings between themselves. */
export function clusterConflicts({ cluster, database, operator }: Config): Problem[] {
  const { hetzner, kubeHetzner } = cluster;
  if (hetzner === undefined) return kubeHetzner ? declaredProblems(kubeHetzner) : [];
  const superfluous = OF_EXISTING.filter((key) => !isEmpty(cluster[key])).map((key) => ({
    key: `cluster.${key}`,
    got: cluster[key],
    expected: "nothing: it describes a cluster that is there, and cluster.hetzner makes one",
    fix: `remove cluster.${key}, or cluster.hetzner`,
  }));
  return [...superfluous, ...operatorProblems(operator), ...hetznerProblems(hetzner, database)];
}

function operatorProblems({ install }: Config["operator"]): Problem[] {
  if (install !== "existing") return [];
  return [
    {
      key: "operator.install",
      got: install,
      expected: "chart or manifest: a cluster that cluster.hetzner makes has no operator yet",
      fix: "set operator.install to chart",
    },
  ];
}

/** The rules for a cluster of kube-hetzner's: enforcement and exposure, as it was declared. */
function declaredProblems(declared: NonNullable<Config["cluster"]["kubeHetzner"]>): Problem[] {
  const flannel = (declared.cniPlugin ?? "flannel") === "flannel";
  const disabled = flannel ? disablingSettings(declared) : [];
  const problems = [
    ...disabled.map((one) => ({
      ...one,
      expected: "k3s' policy engine to run: nothing else enforces NetworkPolicies",
    })),
    ...exposures(declared),
  ];
  return problems.map((problem) => ({ ...problem, key: `cluster.kubeHetzner.${problem.key}` }));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
