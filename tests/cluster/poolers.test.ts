import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { podStatus } from "../../kube/pods.ts";
import { deleteAndWait, hasCondition, until, untilObject } from "../../kube/wait.ts";
import type { AccessRow } from "../../policy/analysis/index.ts";
import { destroy, up } from "../../local/stack.ts";
import { losePrimary } from "./instances.ts";
import { liveRows } from "./poolers/rows.ts";
import * as scene from "./poolers/scene.ts";
import { cluster, configure, decoded, onStack, ref } from "./support.ts";

const { namespace, web, clients, app, shop, front, names, scrapers, podOf } = scene;
const hostOf = (name: string) => `pg-${name}-pooler.${namespace}.svc`;
const instances = `pg-rw.${namespace}.svc`;

let client: KubeClient;
let kubeconfig: string;
let ask: scene.Scene;

beforeAll(async () => {
  ({ client, kubeconfig } = await cluster());
  ask = new scene.Scene(client);
  await scene.makeWeb(client);
  await configure(kubeconfig, { clients, scrapers });
  await up();
  await ask.raise();
});

afterAll(async () => {
  await destroy();
  await deleteAndWait(client, ref.namespace(web), { seconds: 60 });
});

describe("through a pooler", () => {
  test("its client gets in by the name in its Secret, verified, and PostgreSQL sees the pooler over TLS 1.3", async () => {
    for (const { name, role, database } of [app, shop, front]) {
      const { outcome, message } = await ask.login(name);
      expect(outcome, message).toBe("in");
      const [, who, from] = /^(.*) over TLSv1\.3, from (.*)$/.exec(message) ?? [];
      expect(who).toBe(`${role} in ${database}`);
      expect((await ask.poolerOf(name)).map(({ address }) => address)).toContain(from);
    }
  });

  test.each([
    ["app", "shop"],
    ["app", "front"],
    ["shop", "app"],
    ["front", "app"],
    ["direct", "app"],
    ["stranger", "app"],
    ["scraper", "app"],
    ["stranger", "shop"],
    ["web-stranger", "front"],
  ])("packets of %s do not arrive at the pooler of %s, whatever password comes with them", async (from, to) => {
    expect(await ask.reaches(from, hostOf(to))).toBe(false);
    expect((await ask.login(from, to)).outcome).not.toBe("in");
  });

  test("neither do those of instances, or of other poolers", async () => {
    const [other] = await ask.poolerOf("shop");
    for (const { address, name } of await ask.poolerOf("app")) {
      expect(await ask.reachesFrom("pg-1", "postgres", address)).toBe(false);
      expect(await ask.reachesFrom(other?.name ?? "", "pgbouncer", address)).toBe(false);
      expect(await ask.reachesFrom(name, "pgbouncer", instances)).toBe(true);
    }
  });

  test("its pods reach the instances no more, and pg_hba would turn them away there too", async () => {
    expect(await ask.reaches("app", instances)).toBe(false);
    expect((await ask.login("direct")).outcome).toBe("in");
    await client.apply(opened);
    try {
      const turnedAway = async () => {
        const { message } = await ask.login("app", "app", { PGHOST: instances });
        return message.includes("pg_hba.conf rejects connection") ? message : undefined;
      };
      expect(await until("the instances are reached", turnedAway, { seconds: 30 })).toContain("SSL encryption");
    } finally {
      await client.delete({ apiVersion: opened.apiVersion, kind: opened.kind, ...opened.metadata });
    }
  });

  test("plain text, another role and another database are turned away by PgBouncer", async () => {
    const plain = await ask.login("app", "app", { PGSSLMODE: "disable" });
    expect([plain.outcome, plain.message]).toEqual(["out", expect.stringContaining("SSL required")]);
    for (const [as, changes] of [
      ["shop", {}],
      ["shop", { PGDATABASE: "app" }],
      ["direct", {}],
      ["app", { PGDATABASE: "Shop-1" }],
      ["app", { PGUSER: "postgres" }],
      ["app", { PGDATABASE: "pgbouncer", PGUSER: "pgbouncer" }],
    ] as [string, Record<string, string>][]) {
      const { outcome, message } = await ask.login("app", as, { PGHOST: hostOf("app"), ...changes });
      expect([outcome, message], as).toEqual(["out", expect.stringContaining("login rejected")]);
    }
  });

  test("a wrong password is wrong", async () => {
    const { outcome, message } = await ask.login("app", "app", {}, "wrong");
    expect([outcome, message]).toEqual(["out", expect.stringContaining("SASL authentication failed")]);
  });

  test("whoever shares one can be the other there, with its password, and nobody else can", async () => {
    for (const [from, as] of [
      ["left", "left"],
      ["left", "right"],
      ["right", "left"],
    ] as const) {
      const { outcome, message } = await ask.login(from, as);
      expect([outcome, message]).toEqual(["in", expect.stringContaining(`${as} in app`)]);
    }
    expect(await ask.reaches("app", hostOf("both"))).toBe(false);
    expect(await ask.reaches("left", hostOf("app"))).toBe(false);
    const { message } = await ask.login("left", "app", { PGHOST: hostOf("both") });
    expect(message).toContain("login rejected");
  });

  test("scrapers read its metrics, and nobody else", async () => {
    for (const { address } of await ask.poolerOf("app")) {
      const read = ["scraper", "app", "stranger"].map((from) => ask.reaches(from, address, 9127));
      expect(await Promise.all(read)).toEqual([true, false, false]);
    }
  });
});

/** So many rows somebody has to try, at least. */
const leastRows = 100;

test("each row of the access table is what packets and logins say", async () => {
  const addressOf = async (labelSelector: string) =>
    podStatus((await client.list(ref.pods(namespace), { labelSelector }))[0]).podIP ?? "";
  const instance = await addressOf("cnpg.io/instanceRole=primary");
  const hostOfRow = async ({ pooler, port }: AccessRow) => {
    if (pooler === undefined) return port === 5432 ? instances : instance;
    return port === 5432 ? `${pooler}.${namespace}.svc` : addressOf(`cnpg.io/poolerName=${pooler}`);
  };
  const wrong: string[] = [];
  let logins = 0;
  const tryRow = async ({ row, asker }: { row: AccessRow; asker: string }) => {
    const { port, network, postgres, pooler = "instances" } = row;
    const host = await hostOfRow(row);
    const arrives = await ask.reaches(asker, host, port);
    if (arrives !== network.allowed) wrong.push(`${asker} to ${pooler}:${String(port)} arrives: ${String(arrives)}`);
    if (!arrives || port !== 5432) return;
    for (const { name, role, database } of clients) {
      const { outcome, message } = await ask.login(asker, name, { PGHOST: host });
      const isDeclared = postgres.some(({ roles, databases }) => roles.includes(role) && databases.includes(database));
      if ((outcome === "in") !== isDeclared) wrong.push(`${asker} as ${name} to ${pooler}: ${outcome}, ${message}`);
      logins++;
    }
  };
  const rows = await liveRows(client);
  const tried = rows.flatMap(({ row, asker }) => (asker === undefined ? [] : [{ row, asker }]));
  await Promise.all(
    [...Map.groupBy(tried, ({ asker }) => asker).values()].map(async (ofAsker) => {
      for (const one of ofAsker) await tryRow(one);
    }),
  );
  const counted = `${String(tried.length)} of ${String(rows.length)} rows tried, ${String(logins)} logins`;
  console.log(`${counted}; the others are the operator's, instances', poolers', and those outside the cluster`);
  expect(wrong).toEqual([]);
  expect(tried.length).toBeGreaterThanOrEqual(leastRows);
  // Each client arrives at one place, and tries everybody's password there.
  expect(logins).toBe(clients.length ** 2);
});

test("a reader reads what its database's owner writes through the pooler, and writes nothing", async () => {
  expect(await ask.sql("app", "create table if not exists things (n int); insert into things values (1)")).toBe("");
  expect((await ask.sql("reports", "select count(*) > 0 from things")).trim()).toBe("t");
  expect(await ask.sql("reports", "insert into things values (2)")).toContain("permission denied for table things");
});

/** What the program must never make: the pooled client's pods let through to the instances. */
const opened = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace, name: "poolers-opened" },
  spec: {
    podSelector: { matchLabels: { "cnpg.io/podRole": "instance" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: "myapp" } } }], ports: [{ port: 5432 }] }],
  },
};

describe("in another namespace", () => {
  test("the CA's certificate comes without its key, and the credentials are those of the role", async () => {
    expect(Object.keys((await client.get(ref.secret(web, "pg-ca")))?.["data"] ?? {})).toEqual(["ca.crt"]);
    const copies = [namespace, web].map((place) => client.get(ref.secret(place, "pg-front-credentials")));
    const [here, there] = (await Promise.all(copies)).map((secret) => secret?.["data"]);
    expect(there).toEqual(here);
  });

  test("its ServiceAccount reads that one Secret, and no other", async () => {
    const account = client.actingAs(`system:serviceaccount:${web}:front`);
    expect(await account.get(ref.secret(web, "pg-front-credentials"))).toBeDefined();
    for (const other of [ref.secret(web, "pg-ca"), ref.secret(namespace, "pg-front-credentials")])
      await expect(account.get(other)).rejects.toThrow("forbidden");
  });

  test("nobody else wears its label, reads its password or runs as it", async () => {
    const create = (pod: KubeObject, as = client) => as.create(pod, { dryRun: true });
    await expect(create(podOf("web-intruder", "front"))).rejects.toThrow("only pods of ServiceAccount front");
    const reader = podOf("web-intruder");
    const valueFrom = { secretKeyRef: { name: "pg-front-credentials", key: "password" } };
    const { containers } = reader["spec"] as { containers: { env: unknown[] }[] };
    for (const { env } of containers) env.push({ name: "PASSWORD", valueFrom });
    await expect(create(reader)).rejects.toThrow("this pod may not read that Secret");

    await allowPods("poolers-developer");
    const developer = client.actingAs("poolers-developer");
    await create(podOf("web-neighbour"), developer);
    await expect(create(podOf("web-intruder", "front", "front"), developer)).rejects.toThrow(
      "may not run pods as ServiceAccount front",
    );
  });
});

test("the admission policies of both namespaces read as typed: no expression that the API server finds wrong", async () => {
  const kind = { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy" };
  const ours = (await client.list(kind)).filter(({ metadata }) => metadata.name?.includes(".pg.production"));
  expect(ours).toHaveLength(14);
  for (const { metadata, status } of ours) {
    const { typeChecking } = (status ?? {}) as { typeChecking?: { expressionWarnings?: unknown[] } };
    expect(typeChecking?.expressionWarnings ?? [], metadata.name).toEqual([]);
  }
});

/** Lets a user create pods in the clients' namespace. */
async function allowPods(name: string): Promise<void> {
  const metadata = { namespace: web, name };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
  await client.apply({ apiVersion, kind: "Role", metadata, rules });
  await client.apply({ apiVersion, kind: "RoleBinding", metadata, roleRef, subjects: [{ kind: "User", name }] });
}

test("a lost primary is replaced, and the poolers find the new one", async () => {
  const pg = ref.pgCluster(namespace);
  await losePrimary(client, namespace);
  await Promise.all(names.map((name) => ask.letIn(name)));
  await untilObject(client, pg, "ready", (object) => hasCondition(object, "Ready"), { seconds: 180 });
});

test("a new password reaches the copy, and nobody else's session ends", async () => {
  const password = async () => decoded(await client.get(ref.secret(web, "pg-front-credentials")), "password");
  const session = ask.sql("direct", "select pg_sleep(150), 'still here'");
  const before = await password();
  const changed = clients.map((one) => (one === front ? { ...one, passwordVersion: 2 } : one));
  await configure(kubeconfig, { clients: changed, scrapers });
  await up();
  expect(await password()).not.toBe(before);
  await ask.letIn("front");
  expect(await session).toContain("still here");
  const { stdout, code } = await onStack("preview", "--expect-no-changes");
  expect(code, stdout).toBe(0);
});
