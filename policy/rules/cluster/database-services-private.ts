import { at, list, object, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import type { Finding, ObjectRule } from "../rule.ts";

const annotation = "load-balancer.hetzner.cloud/disable-public-network";

/** Hetzner's cloud controller makes a public load balancer of each such Service; no firewall holds for it. */
export const databaseServicesPrivate: ObjectRule = {
  scope: "object",
  name: "database-services-private",
  level: "mandatory",
  severity: "critical",
  description: "A Service of type LoadBalancer that leads to a database must have no public address.",
  fix: `annotate it ${annotation}: "true", or make it a ClusterIP`,
  url: "https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md",
  kinds: ["Service", "Cluster.postgresql.cnpg.io", "Pooler.postgresql.cnpg.io"],
  judge: (object, { resource }) =>
    servicesOf(object).flatMap(([service, path]) => judgeService(service, path, resource.patch)),
};

/** A Service, with where it stands. */
type Place = readonly [service: Json, path: readonly (string | number)[]];

function servicesOf({ kind, body }: KubeObject): readonly Place[] {
  if (kind === "Service") return leadsToDatabase(body) ? [[body, []]] : [];
  if (kind === "Pooler") return [[at(body, "spec", "serviceTemplate") ?? null, ["spec", "serviceTemplate"]]];
  return list(at(body, "spec", "managed", "services", "additional")).map((service, index) => [
    at(service, "serviceTemplate") ?? null,
    ["spec", "managed", "services", "additional", index, "serviceTemplate"],
  ]);
}

function leadsToDatabase(service: Json): boolean {
  const labels = Object.keys(object(at(service, "spec", "selector")));
  const ports = list(at(service, "spec", "ports")).flatMap((port) => [at(port, "port"), at(port, "targetPort")]);
  return labels.includes("cnpg.io/cluster") || labels.includes("cnpg.io/poolerName") || ports.includes(5432);
}

function judgeService(service: Json, path: Place[1], isPatch: boolean): readonly Finding[] {
  if (at(service, "spec", "type") !== "LoadBalancer") return [];
  const value = at(service, "metadata", "annotations", annotation);
  // What a patch leaves alone may be there already.
  if (value === "true" || (isPatch && value === undefined)) return [];
  return [
    {
      path: [...path, "spec", "type"],
      message: "its load balancer has a public address, and serves the database there",
    },
  ];
}
