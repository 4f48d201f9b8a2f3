import type { Client, Config, Scraper } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { egressLifelines, type EgressArgs } from "./egress.ts";
import {
  clientPolicyName,
  egressName,
  isolationName,
  lifelinesName,
  metricsName,
  poolerMetricsName,
  type ClusterName,
} from "./names.ts";
import {
  clientPolicy,
  isolation,
  lifelines,
  poolerScraperPolicy,
  scraperPolicy,
  type LifelineArgs,
  type PolicySpec,
} from "./networkPolicies.ts";

/** A NetworkPolicy of the database's namespace. */
export interface NamedPolicy {
  /** What it is for: `isolation`, `lifelines`, `egress`, `metrics`, `pooler-metrics`, or a client. */
  subject: string;
  name: string;
  spec: PolicySpec;
}

export interface NetworkPolicyArgs extends LifelineArgs {
  /** Whether strangers are turned away, or only observed. */
  mode: Config["mode"];
  /** Who may reach the database. */
  clients: readonly Client[];
  /** Who may read its metrics. */
  scrapers: readonly Scraper[];
  /** What the database's pods may reach; undefined leaves them as they are. */
  egress: EgressArgs | undefined;
}

/** Every NetworkPolicy of a database; none while observing, since whatever a policy selects is isolated. */
export function networkPolicies(cluster: ClusterName, args: NetworkPolicyArgs): NamedPolicy[] {
  const { clients, scrapers, egress, mode } = args;
  if (mode === "observe") return [];
  const isScraped = scrapers.length > 0;
  const hasPoolers = clients.some(({ pooler }) => pooler);
  return [
    { subject: "isolation", name: isolationName(cluster), spec: isolation(cluster) },
    { subject: "lifelines", name: lifelinesName(cluster), spec: lifelines(cluster, args) },
    ...(egress ? [{ subject: "egress", name: egressName(cluster), spec: egressLifelines(cluster, egress) }] : []),
    ...(isScraped ? [{ subject: "metrics", name: metricsName(cluster), spec: scraperPolicy(cluster, scrapers) }] : []),
    ...(isScraped && hasPoolers
      ? [
          {
            subject: "pooler-metrics",
            name: poolerMetricsName(cluster),
            spec: poolerScraperPolicy(cluster, scrapers),
          },
        ]
      : []),
    ...clients.map((client) => ({
      subject: `${client.name}-network-policy`,
      name: clientPolicyName(cluster, client),
      spec: clientPolicy(cluster, client),
    })),
  ];
}

/** The policy as the API server gets it. */
export function policyObject({ namespace }: ClusterName, { name, spec }: NamedPolicy): KubeObject {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace, name }, spec };
}
