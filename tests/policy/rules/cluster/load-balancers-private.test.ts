import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { loadBalancersPrivate } from "../../../../policy/rules/cluster/load-balancers-private.ts";
import { findings, resource } from "../lab.ts";

const type = (kind: string) => `hcloud:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
const balancer = resource(type("LoadBalancer"), { loadBalancerType: "lb11" }, { name: "api", references: {} });
const made = { loadBalancerId: [balancer.urn] };
const service = (listenPort: number, destinationPort = listenPort, references: Record<string, string[]> = made) =>
  resource(
    type("LoadBalancerService"),
    { loadBalancerId: unknownValue, protocol: "tcp", listenPort, destinationPort },
    { references },
  );
const network = (enablePublicInterface: boolean | string | null, references = made) =>
  resource(type("LoadBalancerNetwork"), { loadBalancerId: unknownValue, enablePublicInterface }, { references });

const judged = (...resources: ReturnType<typeof service>[]) => findings(loadBalancersPrivate, resources);

test("a web server's load balancer is public, one for the API server may be private", () => {
  expect(judged(balancer, service(443), service(80, 30080))).toEqual([]);
  expect(judged(balancer, network(false), service(6443), service(5432))).toEqual([]);
});

describe("finds", () => {
  test("no network at all", () => {
    expect(judged(balancer, service(6443))).toEqual([expect.stringContaining("listenPort 6443 is served by")]);
    expect(judged(balancer, service(15432, 5432))).toEqual([expect.stringContaining("destinationPort 5432")]);
  });
  // okami101/terraform-hcloud-k3s: lb.tf.example, "dedicated load balancer for controllers": a network, and public still.
  test.each([[null], [true]])("a network with enablePublicInterface %j", (value) => {
    expect(judged(balancer, network(value), service(6443))).toHaveLength(1);
  });
  test("another load balancer's network", () => {
    expect(judged(balancer, network(false, { loadBalancerId: ["other"] }), service(6443))).toHaveLength(1);
  });
});

test("leaves open what is not known, or not in the stack", () => {
  const open = [expect.stringMatching(/^undecided: /)];
  expect(judged(balancer, network(unknownValue), service(6443))).toEqual(open);
  expect(judged(service(6443, 6443, {}))).toEqual(open);
});

test("ids tell after up", () => {
  const known = resource(type("LoadBalancer"), { id: "9" });
  const private9 = resource(type("LoadBalancerNetwork"), { loadBalancerId: 9, enablePublicInterface: false });
  const of9 = resource(type("LoadBalancerService"), { loadBalancerId: "9", listenPort: 6443, destinationPort: 6443 });
  expect(judged(known, private9, of9)).toEqual([]);
  expect(judged(known, of9)).toHaveLength(1);
});

test("a team may leave the API server public", () => {
  expect(findings(loadBalancersPrivate, [balancer, service(6443)], { ports: [5432] })).toEqual([]);
});
