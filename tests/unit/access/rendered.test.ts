import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { databasesOf, readerCheckSql, readerSql } from "../../../components/access/databases.ts";
import { networkPolicies } from "../../../components/access/rendered.ts";
import { clusterSpec } from "../../../components/database/cluster.ts";
import { databaseObjectName } from "../../../components/database/index.ts";
import { lockOuts } from "../../../components/cluster/lockouts.ts";
import { renderedObjects } from "../../../components/rendered.ts";
import { conflicts } from "../../../config/conflicts.ts";
import { schema } from "../../../config/schema.ts";
import { EMPTY_CLUSTER } from "../program/stack.ts";

const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const config = schema.parse({
  clients: [
    { name: "reports", role: "reports", database: "app", access: "readOnly", workloads: workload("reports") },
    { name: "app", role: "app_user", database: "app", workloads: workload("myapp") },
    { name: "second", role: "second", database: "app", workloads: workload("second") },
    { name: "shop", role: "shop", database: "Shop-1", cidrs: [{ cidr: "203.0.113.0/24", reason: "the till" }] },
  ],
  scrapers: [{ namespace: "monitoring", podLabels: { app: "prometheus" } }],
});

test("the first client that may write owns a database, and the bootstrap may say otherwise", () => {
  const shop = { name: "Shop-1", owner: "shop", reader: "Shop-1_reader" };
  expect(databasesOf(config)).toEqual([{ name: "app", owner: "app_user", reader: "app_reader" }, shop]);
  const bootstrap = { database: "app", owner: "second" };
  const [app] = databasesOf({ ...config, database: { ...config.database, bootstrap } });
  expect(app?.owner).toBe("second");
});

test("every role is a managed one, the groups first, and readers are in theirs", () => {
  const spec = clusterSpec({
    ...config,
    namespace: "production",
    pgHba: [],
    podSelectorRefs: [],
    placement: { nodeSelector: {}, tolerations: [], distinctNodes: false },
    storageClass: undefined,
  }) as { managed: { roles: { name: string; login: boolean; inRoles?: string[] }[] }; bootstrap: { initdb: object } };
  expect(spec.managed.roles.map(({ name, login, inRoles }) => [name, login, inRoles])).toEqual([
    ["app_reader", false, undefined],
    ["Shop-1_reader", false, undefined],
    ["reports", true, ["app_reader"]],
    ["app_user", true, undefined],
    ["second", true, undefined],
    ["shop", true, undefined],
  ]);
  expect(spec.bootstrap.initdb).toMatchObject({
    database: "app",
    owner: "app_user",
    postInitApplicationSQL: [
      'CREATE ROLE "app_reader" NOLOGIN',
      'GRANT USAGE ON SCHEMA public TO "app_reader"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "app_user" GRANT USAGE ON SCHEMAS TO "app_reader"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "app_user" GRANT SELECT ON TABLES TO "app_reader"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "app_user" GRANT SELECT ON SEQUENCES TO "app_reader"',
    ],
  });
});

test("names in SQL are quoted", () => {
  const odd = { name: "x", owner: `a"b'c`, reader: "r" };
  expect(readerSql(odd)[1]).toContain('"a""b\'c"');
  expect(readerCheckSql(odd)).toContain(`'a"b''c'`);
});

describe("networks", () => {
  const policies = networkPolicies(
    { name: "pg", namespace: "production" },
    { ...config, controlPlaneCidrs: [], egress: undefined },
  );
  const rules = (name: string) => policies.find((policy) => policy.name === name)?.spec.ingress;

  test("a range is admitted to PostgreSQL, a scraper to the metrics, both selectors in one peer", () => {
    expect(rules("allow-shop-to-pg")).toEqual([
      { from: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: [{ protocol: "TCP", port: 5432 }] },
    ]);
    expect(rules("pg-metrics")).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
            podSelector: { matchLabels: { app: "prometheus" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 9187 }],
      },
    ]);
  });

  test("the judges find nobody locked out", () => {
    expect(lockOuts(renderedObjects(config, EMPTY_CLUSTER), EMPTY_CLUSTER)).toEqual([]);
  });
});

test("the example of every kind is a valid configuration that locks nobody out", () => {
  const example = parse(readFileSync(new URL("../../../examples/clients.yaml", import.meta.url), "utf8")) as {
    config: Record<string, unknown>;
  };
  const keys = Object.entries(example.config).map(([key, value]) => [key.replace("hcloud-postgres:", ""), value]);
  const declared = schema.parse(Object.fromEntries(keys));
  expect(conflicts(declared)).toEqual([]);
  expect(lockOuts(renderedObjects(declared, EMPTY_CLUSTER), EMPTY_CLUSTER)).toEqual([]);
});

test("no two databases share an object", () => {
  expect(databaseObjectName("pg", "my_db")).toBe("pg-my-db");
  const names = ["my_db", "my-db", "My_db", "my__db", "_my_db", "my_db_", "MY_DB"].map((name) =>
    databaseObjectName("pg", name),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
});
