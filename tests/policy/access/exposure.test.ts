import { describe, expect, test } from "vitest";
import { closed, cluster, pooler, rowsOf, sound } from "./lab.ts";

const managed = (spec: string) =>
  cluster(closed).replace(
    "instances: 3",
    `instances: 3\n  managed: { services: { additional: [{ selectorType: rw, serviceTemplate: { spec: ${spec} } }] } }`,
  );
const service = (spec: string, namespace = "production") => `
---
apiVersion: v1
kind: Service
metadata: { name: s, namespace: ${namespace} }
spec: ${spec}
`;

/** What the network says to whoever comes from outside, port by port. */
const outside = (manifests: string) =>
  rowsOf(manifests)
    .filter(({ source, pooler: at }) => source.kind === "anyone" && at === undefined)
    .map(({ port, network: { allowed } }) => [port, allowed]);

const never = [
  [5432, false],
  [8000, false],
  [9187, false],
];
const maybe = (...ports: number[]) => never.map(([port]) => [port, ports.includes(Number(port)) ? null : false]);
const ofInstances = "selector: { cnpg.io/cluster: pg, cnpg.io/instanceRole: primary }";

// Kubernetes' documentation, NetworkPolicies: the source may be the address of a load balancer or of the pod's node.
describe("from outside, by way of a node, may come who has the node's address", () => {
  test.each([
    ["no Service", cluster(closed), never],
    ["one inside the cluster", managed("{ type: ClusterIP }"), never],
    ["a managed one on nodes", managed("{ type: NodePort }"), maybe(5432)],
    ["a managed one that keeps the address", managed("{ type: LoadBalancer, externalTrafficPolicy: Local }"), never],
    [
      "one that selects instances",
      cluster(closed) + service(`{ type: LoadBalancer, ${ofInstances}, ports: [{ port: 80, targetPort: 9187 }] }`),
      maybe(9187),
    ],
    [
      "one with addresses of its own",
      cluster(closed) + service(`{ externalIPs: [192.0.2.1], ${ofInstances}, ports: [{ port: 5432 }] }`),
      maybe(5432),
    ],
    [
      "one of another namespace",
      cluster(closed) + service(`{ type: NodePort, ${ofInstances}, ports: [{ port: 5432 }] }`, "elsewhere"),
      never,
    ],
    [
      "one that selects others",
      cluster(closed) + service("{ type: NodePort, selector: { app: web }, ports: [{ port: 5432 }] }"),
      never,
    ],
  ])("%s", (_, manifests, expected) => {
    expect(outside(manifests + sound)).toEqual(expected);
  });

  test("the Service of a Pooler", () => {
    const closedPooler = service("{}").replace(
      /.*/s,
      `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: pooler, namespace: production }
spec: { podSelector: { matchLabels: { cnpg.io/poolerName: pooler } }, policyTypes: [Ingress] }
`,
    );
    const at = (own: string) =>
      rowsOf(cluster(closed) + sound + closedPooler + own).find(
        ({ source, pooler: through, port }) => source.kind === "anyone" && through === "pooler" && port === 5432,
      )?.network.allowed;
    expect(at(pooler)).toBe(false);
    expect(at(pooler.replace("type: rw", "type: rw, serviceTemplate: { spec: { type: LoadBalancer } }"))).toBeNull();
  });

  test("a line of pg_hba for the nodes' range may let them in", () => {
    const lines = ["hostssl app app_user 10.0.0.0/16 scram-sha-256", ...closed];
    const [row] = rowsOf(
      managed("{ type: NodePort }").replace(JSON.stringify(closed), JSON.stringify(lines)) + sound,
    ).filter(({ source, port }) => source.kind === "anyone" && port === 5432);
    expect(row?.verdict).toBe("undecided");
    expect(row?.postgres.map(({ roles }) => roles)).toEqual([["app_user"]]);
  });
});
