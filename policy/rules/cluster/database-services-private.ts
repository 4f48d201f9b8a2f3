import { at, list, object, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import type { Finding, ObjectRule } from "../rule.ts";

const annotation = "load-balancer.hetzner.cloud/disable-public-network";

/**
 * Hetzner's cloud controller makes a public load balancer of each such Service, and no firewall holds for it. Who comes by
 * a node's port, or by an address that is routed to the nodes, comes from outside the pods' network too.
 */
export const databaseServicesPrivate: ObjectRule = {
  scope: "object",
  name: "database-services-private",
  level: "mandatory",
  severity: "critical",
  description: "A Service that leads to a database must give it no address outside the cluster's own networks.",
  fix: `make it a ClusterIP, or a LoadBalancer with the annotation ${annotation}: "true"`,
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
  const selector = object(at(service, "spec", "selector"));
  const ports = list(at(service, "spec", "ports")).flatMap((port) => [at(port, "port"), at(port, "targetPort")]);
  const isLabelled = Object.keys(selector).some((label) => label.startsWith("cnpg.io/"));
  // Instances also wear the label that CloudNativePG used before it had a prefix.
  const isByRole = selector["role"] === "primary" || selector["role"] === "replica";
  return isLabelled || isByRole || databasePorts.some((port) => ports.includes(port));
}

/** The port of instances and poolers, and their containers' names for it. */
const databasePorts: readonly Json[] = [5432, "postgresql", "pgbouncer"];

function judgeService(service: Json, path: Place[1], isPatch: boolean): readonly Finding[] {
  const addresses = list(at(service, "spec", "externalIPs"));
  const found = (field: string, message: string): Finding => ({ path: [...path, "spec", field], message });
  return [
    ...publicBalancer(service, path, isPatch),
    ...(at(service, "spec", "type") === "NodePort"
      ? [found("type", "it opens a port of every node to the database")]
      : []),
    ...(addresses.length > 0 ? [found("externalIPs", "it serves the database at addresses outside the cluster")] : []),
  ];
}

function publicBalancer(service: Json, path: Place[1], isPatch: boolean): readonly Finding[] {
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
