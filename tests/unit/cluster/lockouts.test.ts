import { describe, expect, test } from "vitest";
import { lockOuts } from "../../../components/cluster/lockouts.ts";
import { renderedObjects } from "../../../components/rendered.ts";
import { schema } from "../../../config/schema.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { EMPTY_CLUSTER, runStack } from "../program/stack.ts";

const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
const config = schema.parse({ clients: [{ name: "app", role: "app_user", database: "app", workloads }] });
const rendered = renderedObjects(config, EMPTY_CLUSTER);
const paths = (objects: readonly KubeObject[], live = {}) =>
  lockOuts(objects, { ...EMPTY_CLUSTER, ...live }).map(({ got }) => String(got));

interface Policy extends KubeObject {
  spec: { ingress: { from: unknown[]; ports: { port: number }[] }[] };
}
const isPolicy = (object: KubeObject, name: string): object is Policy => object.metadata.name === name;

/** The objects without one of the peers that a policy admits to a port. */
function without(policy: string, port: number, peer: number): KubeObject[] {
  return rendered.map((object) => {
    if (!isPolicy(object, policy)) return object;
    const ingress = object.spec.ingress.map((rule) =>
      rule.ports.some((one) => one.port === port) ? { ...rule, from: rule.from.toSpliced(peer, 1) } : rule,
    );
    return { ...object, spec: { ...object.spec, ingress: ingress.filter(({ from }) => from.length > 0) } };
  });
}

const denyAll = (namespace: string, policyTypes: string[]): KubeObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "deny-all", namespace },
  spec: { podSelector: {}, policyTypes },
});

test("what is rendered locks nobody out", () => {
  expect(paths(rendered)).toEqual([]);
});

describe("every rule is missed", () => {
  test.each([
    ["pg-lifelines", 8000, 0, "operator in cnpg-system -> production/pg:8000 is closed by"],
    ["pg-lifelines", 8000, 1, "peer instances (cnpg.io/cluster=pg) in production -> production/pg:8000 is closed by"],
    ["pg-lifelines", 5432, 0, "peer instances (cnpg.io/cluster=pg) in production -> production/pg:5432 is closed by"],
    ["allow-app-to-pg", 5432, 0, "client app (app=myapp) in production -> production/pg:5432 is closed by"],
  ])("%s: port %i, peer %i", (policy, port, peer, said) => {
    expect(paths(without(policy, port, peer)).join("\n")).toContain(said);
  });

  test.each([
    ["the line of pg_hba", "${podselector:app}", "10.0.0.1/32"],
    ["its method", "scram-sha-256", "reject"],
  ])("%s", (_what, part, other) => {
    const text = JSON.stringify(rendered);
    expect(text).toContain(part);
    const changed = JSON.parse(text.replace(part, other)) as KubeObject[];
    expect(paths(changed)).toContain(
      "pods (app=myapp) in production -> production/pg:5432 is let in by no line of pg_hba",
    );
  });
});

describe("a client that comes by a pooler", () => {
  const pooled = renderedObjects(
    schema.parse({ clients: [{ name: "app", role: "app_user", database: "app", workloads, pooler: {} }] }),
    EMPTY_CLUSTER,
  );
  const changed = (part: string, other: string) => {
    const text = JSON.stringify(pooled);
    expect(text).toContain(part);
    return paths(JSON.parse(text.replace(part, other)) as KubeObject[]);
  };
  const pods = "pods (app=myapp) in production -> pooler pg-app-pooler of production/pg:5432";

  test("is let in", () => {
    expect(paths(pooled)).toEqual([]);
  });

  test("is missed where the network closes the pooler", () => {
    const closed = changed(
      '"from":[{"podSelector":{"matchLabels":{"app":"myapp"}}}]',
      '"from":[{"podSelector":{"matchLabels":{"app":"else"}}}]',
    );
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatch(
      /\(app=myapp\) in production -> pooler pg-app-pooler of production\/pg:5432 is closed by .*allow-app-to-pg/,
    );
  });

  test("is missed where the instances do not know the pooler", () => {
    const unknown = changed("${podselector:pooler_app} scram-sha-256", "${podselector:pooler_app} reject");
    expect(unknown).toContain(`${pods} is let in by no line of pg_hba`);
    expect(unknown.join("\n")).toContain("pooler pg-app-pooler (cnpg.io/poolerName=pg-app-pooler) in production");
  });
});

describe("what is in the namespaces already counts", () => {
  test("no ingress but what is allowed somewhere does no harm", () => {
    expect(paths(rendered, { networkPolicies: [denyAll("production", ["Ingress"])] })).toEqual([]);
  });

  test("no egress cuts replication", () => {
    const networkPolicies = [denyAll("production", ["Egress"])];
    expect(paths(rendered, { networkPolicies }).join("\n")).toContain(
      "-> production/pg:5432 is closed by NetworkPolicy production/deny-all",
    );
  });

  test("so where it finds that, the program lets the database's pods out to what they need", () => {
    const live = { ...EMPTY_CLUSTER, networkPolicies: [denyAll("production", ["Egress", "Ingress"])] };
    const objects = renderedObjects(config, live);
    expect(objects.find(({ metadata }) => metadata.name === "pg-egress")?.["spec"]).toMatchObject({
      policyTypes: ["Egress"],
      egress: [
        {
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        { ports: [{ port: 5432 }, { port: 8000 }] },
        { to: [{ ipBlock: { cidr: "10.77.0.1/32" } }], ports: [{ port: 6443 }] },
      ],
    });
    // The client's own way out is whoever keeps it in to open.
    expect(paths(objects, live)).toEqual([
      expect.stringContaining("client app (app=myapp) in production -> production/pg:5432"),
    ]);
  });

  test("no egress of the operator cuts it off, in one error that names the path", async () => {
    const run = runStack("staging", { live: { networkPolicies: [denyAll("cnpg-system", ["Egress"])] } });
    await expect(run).rejects.toThrow(
      "operator in cnpg-system -> staging/pg:8000 is closed by NetworkPolicy cnpg-system/deny-all",
    );
  });

  test("an older version of our own policies does not", () => {
    const older = without("pg-lifelines", 8000, 0).filter((object) => isPolicy(object, "pg-lifelines"));
    expect(older).toHaveLength(1);
    expect(paths(rendered, { networkPolicies: older })).toEqual([]);
  });
});
