import { expect, test } from "vitest";
import { pgHbaLines, podSelectorRefs } from "../../../components/access/hba.ts";
import { poolerHbaLines } from "../../../components/access/poolers.ts";
import { clientOf } from "./clients.ts";

const cluster = { name: "pg", namespace: "production" };

function client(name: string, ...apps: string[]) {
  const workloads = apps.map((app) => ({ podLabels: { app }, serviceAccount: { name: app } }));
  return clientOf({ name, role: `${name}_user`, database: name, workloads });
}

test("each workload has a line and a selector, and the last line turns everybody else away", () => {
  const clients = [client("app", "myapp", "worker"), client("reports", "reports")];
  expect(pgHbaLines(clients)).toEqual([
    "hostssl app app_user ${podselector:app} scram-sha-256",
    "hostssl app app_user ${podselector:app_2} scram-sha-256",
    "hostssl reports reports_user ${podselector:reports} scram-sha-256",
    "host all all all reject",
  ]);
  expect(podSelectorRefs(cluster, clients).map(({ name, selector }) => [name, selector.matchLabels["app"]])).toEqual([
    ["app", "myapp"],
    ["app_2", "worker"],
    ["reports", "reports"],
  ]);
});

test("without clients everybody is turned away", () => {
  expect(pgHbaLines([])).toEqual(["host all all all reject"]);
});

test("ranges have lines of their own, for this client's role and database", () => {
  const office = clientOf({
    name: "office",
    role: "Office-User",
    database: "My-App",
    cidrs: [
      { cidr: "203.0.113.0/24", reason: "the office" },
      { cidr: "2001:db8::/32", reason: "the office" },
    ],
  });
  expect(podSelectorRefs(cluster, [office])).toEqual([]);
  expect(pgHbaLines([office])).toEqual([
    "hostssl My-App Office-User 203.0.113.0/24 scram-sha-256",
    "hostssl My-App Office-User 2001:db8::/32 scram-sha-256",
    "host all all all reject",
  ]);
});

test("a pooled client comes from its pooler's pods, and from nowhere else", () => {
  const { workloads } = client("app", "myapp", "worker");
  const cidrs = [{ cidr: "203.0.113.0/24", reason: "the office" }];
  const app = clientOf({ name: "app", role: "app_user", database: "app", workloads, cidrs, pooler: {} });
  const clients = [app, client("reports", "reports")];
  expect(pgHbaLines(clients)).toEqual([
    "hostssl app app_user ${podselector:pooler_app} scram-sha-256",
    "hostssl reports reports_user ${podselector:reports} scram-sha-256",
    "host all all all reject",
  ]);
  expect(podSelectorRefs(cluster, clients)).toEqual([
    { name: "reports", selector: { matchLabels: { app: "reports" } } },
    {
      name: "pooler_app",
      selector: { matchLabels: { "cnpg.io/cluster": "pg", "cnpg.io/poolerName": "pg-app-pooler" } },
    },
  ]);
});

test("the pooler's own file knows its clients' roles and databases, and turns both families of addresses away", () => {
  expect(poolerHbaLines([client("app", "myapp")])).toEqual([
    "hostssl app app_user 0.0.0.0/0 scram-sha-256",
    "hostssl app app_user ::/0 scram-sha-256",
    "host all all 0.0.0.0/0 reject",
    "host all all ::/0 reject",
  ]);
});
