import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import { podStatus } from "../../kube/pods.ts";
import { hasCondition, until, untilObject } from "../../kube/wait.ts";
import { primaryOf } from "../../local/proof/subject.ts";
import { up } from "../../local/stack.ts";
import { app, reports, workload } from "./clients.ts";
import { ClientPods, type ClientPod, type Session } from "./clientPods.ts";
import { cluster, configure, decoded, onStack, ref } from "./support.ts";

const namespace = "production";
const shop = { name: "shop", role: "Shop-User", database: "Shop-1", workloads: workload("shop") };
const audit = { name: "audit", role: "audit", database: "Shop-1", access: "readOnly", workloads: workload("audit") };
const batch = {
  ...{ name: "batch", role: "Batch-1", database: "app", auth: "cert", access: "readOnly" },
  workloads: workload("batch"),
};
const late = { ...app, name: "late", role: "late", workloads: workload("late") };
const clients = [app, reports, shop, audit];
/** Who is left after a change of each kind. */
const changed = [app, { ...reports, name: "bi" }, { ...shop, passwordVersion: 2 }, late, batch];

let client: KubeClient;
let kubeconfig: string;
let pods: ClientPods;
let warned: string;

beforeAll(async () => {
  ({ client, kubeconfig } = await cluster());
  await configure(kubeconfig, { clients });
  await up();
  warned = (await onStack("preview")).stdout;
  // A database that an older version has started is like any other: its SQL is printed too.
  if (printedFor("app") !== "") await run("app");
  pods = new ClientPods(client, namespace, "roles");
  await pods.start(clients.map(podOf));
  await Promise.all(clients.map(async ({ name }) => until(`${name} let in`, () => letIn(name), { seconds: 60 })));
});

afterAll(() => pods.remove());

function podOf({ name, workloads: [one] }: { name: string; workloads: ReturnType<typeof workload> }): ClientPod {
  const account = one?.serviceAccount.name ?? "";
  return { name, labels: { app: account }, serviceAccount: account };
}

/** Runs SQL from a client's pod, as the client unless another one is named. */
function sql(from: string, statement: string, as = from): Promise<string> {
  return pods.sql(from, { secret: `pg-${as}-credentials` }, statement);
}

/** The SQL that the preview asks for; empty where it asks for none. */
function printedFor(database: string): string {
  const printed = warned.replaceAll(/^\s*/gm, "");
  return new RegExp(`psql -d ${database} <<'SQL'\n(.*?)\nSQL`, "s").exec(printed)?.[1] ?? "";
}

/** Runs it as it says. */
async function run(database: string): Promise<void> {
  const target = { namespace, pod: await primaryOf(client, { namespace, cluster: "pg" }), container: "postgres" };
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

describe("the list of clients changes, and nobody else loses a connection", () => {
  let begun: Record<string, Session>;

  beforeAll(async () => {
    const asked = {
      ...{ app: "insert into things values (3)", reports: "select count(*) from things" },
      ...{ shop: "insert into bills values (3)", audit: "select count(*) from bills" },
    };
    for (const [name, statement] of Object.entries(asked)) {
      await pods.begin(name, { secret: `pg-${name}-credentials` }, statement);
    }
    const all = async () => {
      const sessions = await pods.sessions();
      return Object.keys(sessions).length === clients.length ? sessions : undefined;
    };
    begun = await until("a session for each client", all, { seconds: 30 });
  });

  /** Everybody's session but that of the client that goes. */
  const stays = () => Object.fromEntries(Object.entries(begun).filter(([name]) => name !== "audit"));

  test("where a client goes", async () => {
    await configure(kubeconfig, { clients: [app, reports, shop] });
    await up();
    expect(await pods.sessions()).toMatchObject(stays());
    expect(await client.get(ref.secret(namespace, "pg-audit-credentials"))).toBeUndefined();
    expect(await sql("audit", "select 1", "shop")).toMatch(/refused|timeout|rejects/);
  });

  test("where one is renamed, one comes, and one gets another password", async () => {
    const passwordOf = async (name: string) => decoded(await client.get(ref.secret(namespace, name)), "password");
    const accountRef = { apiVersion: "v1", kind: "ServiceAccount", namespace, name: "reports" };
    const account = (await client.get(accountRef))?.metadata.uid;
    const password = await passwordOf("pg-shop-credentials");
    await configure(kubeconfig, { clients: changed });
    await up();
    expect(await pods.sessions()).toMatchObject(stays());

    expect(await client.get(ref.secret(namespace, "pg-reports-credentials"))).toBeUndefined();
    expect((await client.get(accountRef))?.metadata.uid).toBe(account);
    expect(await passwordOf("pg-shop-credentials")).not.toBe(password);
    await pods.start([podOf(late)]);
    // CloudNativePG carries a password into its role a moment after it has seen the Secret.
    for (const [from, as] of [
      ["reports", "bi"],
      ["shop", "shop"],
      ["late", "late"],
    ] as const) {
      const answer = async () => ((await sql(from, "select 1", as)) === "1" ? true : undefined);
      await until(`${as} let in`, answer, { seconds: 60 });
    }
  });

  test("where one comes with a certificate instead of a password", async () => {
    await pods.start([{ ...podOf(batch), certificate: "pg-batch-client-cert" }]);
    const as = "dbname=app user=Batch-1 sslmode=require";
    const login = { conninfo: `${as} sslcert=/certificate/tls.crt sslkey=/certificate/tls.key` };
    const letIn = async () =>
      (await pods.sql("batch", login, "select count(*) > 0 from things")) === "t" ? true : undefined;
    await until("the certificate", letIn, { seconds: 60 });
    expect(await pods.sql("batch", { conninfo: as }, "select 1")).toContain(
      "connection requires a valid client certificate",
    );
    expect(await pods.sql("batch", { conninfo: `${login.conninfo} user=app_user` }, "select 1")).toContain(
      "pg_hba.conf rejects connection",
    );
    expect(await pods.sessions()).toMatchObject(stays());
  });

  test("where one moves behind a pooler", async () => {
    await configure(kubeconfig, {
      clients: changed.map((one) => (one.name === "shop" ? { ...one, pooler: { instances: 1 } } : one)),
    });
    await up();
    await until("shop let in by its pooler", () => letIn("shop"), { seconds: 90 });
    const seen = await sql("shop", "select host(inet_client_addr())");
    const poolers = await client.list(ref.pods(namespace), { labelSelector: "cnpg.io/poolerName=pg-shop-pooler" });
    expect(poolers.map((pod) => podStatus(pod).podIP)).toContain(seen);
    const directly = { conninfo: "dbname=Shop-1 user=Shop-User sslmode=require" };
    expect(await pods.sql("shop", directly, "select 1")).toMatch(/refused|timeout/);
    expect(await pods.sessions()).toMatchObject(stays());
  });
});
