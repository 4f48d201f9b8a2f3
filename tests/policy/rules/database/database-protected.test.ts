import { expect, test } from "vitest";
import { databaseProtected } from "../../../../policy/rules/database/database-protected.ts";
import { findings, manifests } from "../lab.ts";
import { cluster, clusterPatch, object } from "./lab.ts";

const drop = { name: "app", owner: "app_user", databaseReclaimPolicy: "delete" };

test("lets pass what is protected, and a Database that outlives its object", () => {
  expect(findings(databaseProtected, [{ ...cluster({}), protect: true }])).toEqual([]);
  expect(findings(databaseProtected, [{ ...object("Database", drop), protect: true }])).toEqual([]);
  expect(findings(databaseProtected, [object("Database", { name: "app", owner: "app_user" })])).toEqual([]);
  expect(findings(databaseProtected, [clusterPatch({})])).toEqual([]);
});

test("finds what is not", () => {
  const problem = "its data is deleted with it, and nothing refuses that: it is not protected";
  expect(findings(databaseProtected, [cluster({})])).toEqual([`Cluster production/pg: ${problem}`]);
  expect(findings(databaseProtected, [object("Database", drop)])).toEqual([`Database production/pg: ${problem}`]);
});

test("says nothing of manifests, which do not tell", () => {
  const yaml = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: pg }\nspec: { instances: 3 }";
  expect(findings(databaseProtected, manifests(yaml))).toEqual([]);
});
