import { at, list, object, type Json } from "../json.ts";
import type { Pod } from "../network/model.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { isUnknown } from "../unknown.ts";
import { ports } from "./verdict.ts";

/** Whether whoever comes to a port from outside may come with the address of a node. */
export type Exposure = (port: number) => boolean;

/**
 * Finds out at which ports pods are reached through a Service that takes connections at nodes or at a load balancer, and hands
 * them on with a node's address: whether that is before or after a NetworkPolicy looks at them is not defined.
 * Source: Kubernetes' documentation, NetworkPolicies, "Behavior of to and from selectors"; kube-proxy, externalTrafficPolicy.
 * @returns given the pods, and the specs of Services for PostgreSQL that the operator makes for them
 */
export function exposure(
  objects: readonly KubeObject[],
): (pods: readonly Pod[], specs: readonly (Json | undefined)[]) => Exposure {
  const services = objects.filter(
    (source) => source.kind === "Service" && groupOf(source) === "" && hidesAddresses(source.body["spec"]),
  );
  return (pods, specs) => {
    const selecting = services.filter(({ namespace, body }) =>
      pods.some((pod) => pod.namespace === namespace && selects(body, pod)),
    );
    const isPostgres = specs.some(hidesAddresses);
    return (port) => (isPostgres && port === ports.postgres) || selecting.some(({ body }) => leadsTo(body, port));
  };
}

/** Whether a Service leads to a port of its pods: by its number, or by a name, which is not looked up. */
function leadsTo(service: Json, port: number): boolean {
  return list(at(service, "spec", "ports")).some((entry) => {
    const target = at(entry, "targetPort") ?? at(entry, "port");
    return typeof target === "string" || target === port;
  });
}

function hidesAddresses(spec: Json | undefined): boolean {
  if (isUnknown(spec)) return true;
  const { type, externalIPs, externalTrafficPolicy } = object(spec);
  const isOutside = type === "NodePort" || type === "LoadBalancer" || isUnknown(type) || list(externalIPs).length > 0;
  return isOutside && externalTrafficPolicy !== "Local";
}

function selects(service: Json, { labels }: Pod): boolean {
  const asked = Object.entries(object(at(service, "spec", "selector")));
  return asked.length > 0 && asked.every(([key, value]) => isUnknown(value) || labels.values[key] === value);
}
