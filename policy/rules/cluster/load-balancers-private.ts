import { list, quote } from "../../analysis/json.ts";
import type { Resource } from "../../analysis/resources.ts";
import { anyOf, both, type Trilean } from "../../analysis/trilean.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { StackFinding, StackRule } from "../rule.ts";
import { hcloud, ofType, refersTo } from "./hcloud.ts";

const ports = ["listenPort", "destinationPort"] as const;

/** No firewall can be put before a load balancer: what it serves in public is open to everybody. */
export const loadBalancersPrivate: StackRule = {
  scope: "stack",
  name: "load-balancers-private",
  level: "mandatory",
  severity: "critical",
  description:
    "A load balancer before the database or the API server must have no public interface: firewalls do not hold for it.",
  fix: "attach it by a LoadBalancerNetwork with enablePublicInterface: false",
  url: "https://www.pulumi.com/registry/packages/hcloud/api-docs/loadbalancernetwork/",
  parameters: {
    ports: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 65535 },
      default: [5432, 6443],
      description: "What no public load balancer may listen on or lead to",
    },
  },
  judge(stack, parameters) {
    const closed = list(parameters["ports"]);
    const balancers = ofType(stack, hcloud.loadBalancer);
    const networks = ofType(stack, hcloud.loadBalancerNetwork);
    return ofType(stack, hcloud.loadBalancerService).flatMap((subject): readonly StackFinding[] => {
      const port = ports.find((name) => closed.includes(subject.properties[name] ?? null));
      if (port === undefined) return [];
      const balancer = balancers.find((one) => refersTo(subject, "loadBalancerId", one) === true);
      const hidden = balancer && anyOf(networks, (network) => hides(network, balancer));
      if (hidden === true) return [];
      const message = `${port} ${quote(subject.properties[port])} is served by a load balancer with a public interface`;
      if (hidden === false) return [{ subject, path: [port], message }];
      const path = ["loadBalancerId"];
      return [{ subject, path, message: "whether its load balancer is public is not told here", undecided: true }];
    });
  },
};

/** Whether a load balancer's attachment to a network takes its public interface away. */
function hides(network: Resource, balancer: Resource): Trilean {
  const isPublic = network.properties["enablePublicInterface"];
  return both(isUnknown(isPublic) ? null : isPublic === false, refersTo(network, "loadBalancerId", balancer));
}
