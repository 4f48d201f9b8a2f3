import { expect, test } from "vitest";
import { runStack } from "../program/stack.ts";

const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp") };
const batch = {
  ...{ name: "batch", role: "Batch-1", database: "app", auth: "cert", access: "readOnly" },
  workloads: workload("batch"),
};
const resources = await runStack("production", { config: { clients: [app, batch] } });
const of = (kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`));

test("a client with a certificate has a DatabaseRole and no password", () => {
  const [role] = of("DatabaseRole");
  expect(role?.inputs["metadata"]).toMatchObject({ name: "pg-batch", namespace: "production" });
  expect(role?.inputs["spec"]).toEqual({
    ...{ name: "Batch-1", ensure: "present", login: true, inRoles: ["app_reader"] },
    ...{ cluster: { name: "pg" }, disablePassword: true, clientCertificate: {} },
  });
  const { managed } = of("Cluster")[0]?.inputs["spec"] as { managed: { roles: { name: string }[] } };
  expect(managed.roles.map(({ name }) => name)).toEqual(["app_reader", "app_user"]);
  expect(resources.some(({ name }) => name.startsWith("access-batch-password"))).toBe(false);
});

test("its line asks for the certificate, and its ServiceAccount may read that and nothing else", () => {
  const { postgresql } = of("Cluster")[0]?.inputs["spec"] as { postgresql: { pg_hba: string[] } };
  expect(postgresql.pg_hba).toContain("hostssl app Batch-1 ${podselector:batch} cert");
  const reader = resources.find(({ type, name }) => type.endsWith(":Role") && name === "access-batch-secret-reader");
  expect(reader?.inputs["rules"]).toMatchObject([{ resourceNames: ["pg-batch-client-cert"], verbs: ["get"] }]);
  const pods = resources.find(({ name }) => name === "access-identities-pods");
  expect(JSON.stringify(pods?.inputs)).toContain('\\"pg-batch-client-cert\\":[\\"pg\\",\\"batch\\"]');
});
