import { describe, expect, test } from "vitest";
import { databaseServicesPrivate } from "../../../../policy/rules/cluster/database-services-private.ts";
import { findings, resource } from "../lab.ts";

const hidden = 'annotations: { load-balancer.hetzner.cloud/disable-public-network: "true" }';
const service = (metadata: string, spec: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: production, ${metadata} }\nspec: { ${spec} }\n`;
const cnpg = (kind: string, spec: string) =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ${kind}\nmetadata: { name: pg, namespace: production }\nspec: { ${spec} }\n`;
// CloudNativePG's own sample: docs/src/samples/cluster-example-managed-services.yaml.
const managed = (metadata: string) =>
  cnpg(
    "Cluster",
    `managed: { services: { additional: [{ selectorType: rw, serviceTemplate: { metadata: { name: lb, ${metadata} }, spec: { type: LoadBalancer } } }] } }`,
  );
const judged = (yaml: string) => findings(databaseServicesPrivate, yaml);

describe("accepts", () => {
  test.each([
    [service("", "type: LoadBalancer, selector: { app: web }, ports: [{ port: 443, targetPort: 8443 }]")],
    [service("", "selector: { cnpg.io/cluster: pg }, ports: [{ port: 5432 }]")],
    [service(hidden, "type: LoadBalancer, selector: { cnpg.io/cluster: pg }, ports: [{ port: 5432 }]")],
    [managed(hidden)],
    [cnpg("Cluster", "instances: 3")],
    [cnpg("Pooler", "cluster: { name: pg }, serviceTemplate: { spec: { type: ClusterIP } }")],
  ])("%s", (yaml) => {
    expect(judged(yaml)).toEqual([]);
  });
});

describe("finds", () => {
  test.each([
    [service("", "type: LoadBalancer, selector: { cnpg.io/cluster: pg, cnpg.io/instanceRole: primary }")],
    [service("", "type: LoadBalancer, selector: { app: x }, ports: [{ port: 15432, targetPort: 5432 }]")],
    [service(hidden.replace('"true"', '"false"'), "type: LoadBalancer, ports: [{ port: 5432 }]")],
    [service("", "type: LoadBalancer, selector: { cnpg.io/instanceRole: primary }, ports: [{ port: 15432 }]")],
    [service("", "type: LoadBalancer, selector: { role: primary }, ports: [{ port: 15432 }]")],
    [service("", "type: LoadBalancer, selector: { app: x }, ports: [{ port: 15432, targetPort: postgresql }]")],
    [managed("")],
    [cnpg("Pooler", "cluster: { name: pg }, serviceTemplate: { spec: { type: LoadBalancer } }")],
  ])("%s", (yaml) => {
    expect(judged(yaml)).toEqual([expect.stringContaining("has a public address")]);
  });
});

test.each([
  [service("", "type: NodePort, selector: { cnpg.io/cluster: pg }"), "a port of every node"],
  [service("", "externalIPs: [198.51.100.7], ports: [{ port: 5432 }]"), "addresses outside the cluster"],
  [cnpg("Pooler", "cluster: { name: pg }, serviceTemplate: { spec: { type: NodePort } }"), "a port of every node"],
])("finds other ways in: %s", (yaml, message) => {
  expect(judged(yaml)).toEqual([expect.stringContaining(message)]);
});

test("a patch may leave the annotation alone, but not take it away", () => {
  const patched = (annotations: Record<string, string>) =>
    findings(databaseServicesPrivate, [
      resource("kubernetes:core/v1:ServicePatch", {
        metadata: { name: "s", namespace: "production", annotations },
        spec: { type: "LoadBalancer", ports: [{ port: 5432 }] },
      }),
    ]);
  expect(patched({})).toEqual([]);
  expect(patched({ "load-balancer.hetzner.cloud/disable-public-network": "false" })).toHaveLength(1);
});
