import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeConfigMap, probePod } from "../../components/enforcement/pod.ts";
import type { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import { podStatus, untilRunning } from "../../kube/pods.ts";
import { deleteAndWait, hasCondition, until, untilObject } from "../../kube/wait.ts";
import { operandImage } from "../../local/node/operand.ts";
import { up } from "../../local/stack.ts";
import { cluster, configure, decoded, onStack, ref } from "./support.ts";

const namespace = "production";
const labels = { "hcloud-postgres/test": "roles" };
const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp") };
const reports = {
  name: "reports",
  role: "reports",
  database: "app",
  access: "readOnly",
  workloads: workload("reports"),
};
const shop = { name: "shop", role: "Shop-User", database: "Shop-1", workloads: workload("shop") };
const audit = { name: "audit", role: "audit", database: "Shop-1", access: "readOnly", workloads: workload("audit") };
const clients = [app, reports, shop, audit];

let client: KubeClient;
let kubeconfig: string;
let warned: string;

beforeAll(async () => {
  ({ client, kubeconfig } = await cluster());
  await configure(kubeconfig, { clients });
  await up();
  warned = (await onStack("preview")).stdout;
  // A database that an older version has started is like any other: its SQL is printed too.
  if (printedFor("app") !== "") await run("app");
  await client.apply({ ...probeConfigMap(namespace, "roles"), metadata: { namespace, name: "roles", labels } });
  await Promise.all(clients.map(({ name, workloads: [one] }) => client.create(podOf(name, one?.podLabels.app ?? ""))));
  await untilRunning(client, namespace, "hcloud-postgres/test=roles", clients.length, { seconds: 120 });
  await Promise.all(clients.map(async ({ name }) => until(`${name} let in`, () => letIn(name), { seconds: 60 })));
});

afterAll(async () => {
  for (const { name } of clients)
    await deleteAndWait(client, { ...ref.pods(namespace), name: `roles-${name}` }, { seconds: 60 });
  await client.delete(ref.configMap(namespace, "roles"));
});

function podOf(name: string, account: string) {
  return probePod({
    ...{ namespace, name: `roles-${name}`, labels: { ...labels, app: account }, image: operandImage },
    ...{ configMap: "roles", lifetimeSeconds: 1200, serviceAccountName: account, restartPolicy: "Always" },
  });
}

/** Runs SQL from a client's pod, as the client unless another one is named. */
async function sql(from: string, statement: string, as = from): Promise<string> {
  const secret = await client.get(ref.secret(namespace, `pg-${as}-credentials`));
  const of = (key: string) => decoded(secret, key);
  const conninfo = `host=${of("host")} dbname=${of("dbname")} user=${of("username")} sslmode=require connect_timeout=5`;
  const target = { namespace, pod: `roles-${from}`, container: "probe" };
  const command = [
    "sh",
    "-c",
    'read -r PGPASSWORD; export PGPASSWORD; exec psql -XAtq "$1" -c "$2"',
    "sh",
    conninfo,
    statement,
  ];
  const { code, stdout, stderr } = await exec(client, target, command, { input: `${of("password")}\n` });
  return code === 0 ? stdout.trim() : stderr.trim();
}

/** The SQL that the preview asks for; empty where it asks for none. */
function printedFor(database: string): string {
  const printed = warned.replaceAll(/^\s*/gm, "");
  return new RegExp(`psql -d ${database} <<'SQL'\n(.*?)\nSQL`, "s").exec(printed)?.[1] ?? "";
}

/** Runs it as it says. */
async function run(database: string): Promise<void> {
  const { currentPrimary } = (await client.get(ref.pgCluster(namespace)))?.["status"] as { currentPrimary: string };
  const target = { namespace, pod: currentPrimary, container: "postgres" };
  const command = ["psql", "-Xv", "ON_ERROR_STOP=1", "-d", database];
  const { code, stderr } = await exec(client, target, command, { input: `${printedFor(database)}\n` });
  expect(code, stderr).toBe(0);
}

const letIn = async (name: string) => ((await sql(name, "select 1")) === "1" ? true : undefined);

describe("clients of every kind", () => {
  test("the owner writes, and the reader reads what came after it, and writes nothing", async () => {
    expect(await sql("app", "create table if not exists things (n int); insert into things values (1)")).toBe("");
    expect(await sql("reports", "select count(*) > 0 from things")).toBe("t");
    expect(await sql("reports", "insert into things values (2)")).toContain("permission denied for table things");
    expect(await sql("reports", "create table mine (n int)")).toContain("permission denied for schema public");
    expect(await sql("reports", "select count(*) from pg_authid")).toContain("permission denied for table pg_authid");
  });

  test("nobody is another client, whatever password he has", async () => {
    for (const { name } of clients) {
      for (const other of clients.filter((one) => one.name !== name)) {
        expect(await sql(name, "select 1", other.name), `${name} as ${other.name}`).toContain(
          "pg_hba.conf rejects connection",
        );
      }
    }
  });

  test("the SQL that is printed for another database lets its reader read, and is then printed no more", async () => {
    expect(await sql("shop", "create table if not exists bills (n int); insert into bills values (1)")).toBe("");
    expect(await sql("audit", "select count(*) from bills")).toContain("permission denied for table bills");
    expect(printedFor("Shop-1")).toContain("ALTER DEFAULT PRIVILEGES");
    await run("Shop-1");
    expect(await sql("audit", "select count(*) > 0 from bills")).toBe("t");
    expect(await sql("shop", "create table if not exists more (n int)")).toBe("");
    expect(await sql("audit", "select count(*) from more")).toBe("0");
    expect((await onStack("preview")).stdout).not.toContain("ALTER DEFAULT PRIVILEGES");
  });
});

test("the policies read as typed: no expression that the API server finds wrong", async () => {
  const policies = await client.list({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
  });
  const ours = policies.filter(({ metadata }) => metadata.name?.endsWith(".pg.production"));
  expect(ours).toHaveLength(7);
  const warnings = ours.map(({ metadata, status }) => [
    metadata.name,
    (status as { typeChecking?: { expressionWarnings?: unknown[] } } | undefined)?.typeChecking?.expressionWarnings ??
      [],
  ]);
  expect(warnings).toEqual(ours.map(({ metadata }) => [metadata.name, []]));
});

test("the operator scales down and up again", async () => {
  const pg = ref.pgCluster(namespace);
  for (const instances of [2, 3]) {
    await client.mergePatch(pg, { spec: { instances } });
    const settled = (object: Awaited<ReturnType<KubeClient["get"]>>) => {
      const { readyInstances, instances: there } = (object?.["status"] ?? {}) as Record<string, number>;
      return readyInstances === instances && there === instances && hasCondition(object as never, "Ready");
    };
    await untilObject(client, pg, `at ${String(instances)}`, settled, { seconds: 180 });
  }
});

test("a client that is gone from the list is gone, and the others' sessions go on", async () => {
  const ip = podStatus(await client.get({ ...ref.pods(namespace), name: "roles-app" })).podIP;
  expect(ip).toBeDefined();
  const session = sql("app", "select pg_sleep(45), 'still here'");
  await configure(kubeconfig, { clients: [app, reports, shop] });
  await up();
  expect(await session).toContain("still here");
  expect(await client.get(ref.secret(namespace, "pg-audit-credentials"))).toBeUndefined();
  expect(await sql("reports", "select count(*) > 0 from things")).toBe("t");
});
