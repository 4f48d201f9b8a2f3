import { expect, test } from "vitest";
import { readerWarnings } from "../../../components/database/readers.ts";
import { schema } from "../../../config/schema.ts";

const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const config = schema.parse({
  clients: [
    { name: "app", role: "app_user", database: "app", workloads: workload("a") },
    { name: "reader", role: "reader", database: "app", access: "readOnly", workloads: workload("b") },
    { name: "shop", role: "shop", database: "shop", workloads: workload("c") },
    { name: "audit", role: "audit", database: "shop", access: "readOnly", workloads: workload("d") },
    { name: "alone", role: "alone", database: "alone", workloads: workload("e") },
  ],
});
const live = {
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "pg", namespace: "production" },
};
const named = (warnings: string[]) => warnings.map((warning) => /in database "([^"]*)"/.exec(warning)?.[1]);

test("before the first start the bootstrap will do it for its own database, and a person for the other", async () => {
  const warnings = await readerWarnings(config, undefined, () => Promise.reject(new Error("nobody to ask")));
  expect(named(warnings)).toEqual(["shop"]);
  expect(warnings[0]).toContain('ALTER DEFAULT PRIVILEGES FOR ROLE "shop" GRANT SELECT ON TABLES TO "shop_reader";');
});

test.each([
  ["t", []],
  ["f", ["app", "shop"]],
  [undefined, ["app", "shop"]],
])("a database that answers %s", async (answer, expected) => {
  expect(named(await readerWarnings(config, live, () => Promise.resolve(answer)))).toEqual(expected);
});
