import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeConfigMap, probePod } from "../../components/enforcement/pod.ts";
import { askLogin, askTcp, probe, type Answer } from "../../components/enforcement/probe.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { podStatus, untilRunning } from "../../kube/pods.ts";
import { deleteAndWait, hasCondition, until, untilObject } from "../../kube/wait.ts";
import { operandImage } from "../../local/node/operand.ts";
import { up } from "../../local/stack.ts";
import { cluster, configure, decoded, onStack, ref } from "./support.ts";

const namespace = "production";
const labels = { "hcloud-postgres/test": "poolers" };
const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp"), pooler: {} };
const shop = {
  name: "shop",
  role: "Shop-User",
  database: "Shop-1",
  workloads: workload("shop"),
  pooler: { instances: 1, poolMode: "transaction", parameters: { default_pool_size: "5" } },
};
const direct = { name: "direct", role: "direct", database: "app", workloads: workload("direct") };
const clients = [app, shop, direct];
const names = ["app", "shop", "direct"] as const;
type Name = (typeof names)[number];

let client: KubeClient;

beforeAll(async () => {
  const found = await cluster();
  client = found.client;
  const scrapers = [{ namespace, podLabels: { app: "scraper" } }];
  await configure(found.kubeconfig, { clients, scrapers });
  await up();
  const ca = decoded(await client.get(ref.secret(namespace, "pg-ca")), "ca.crt");
  await client.apply(named(probeConfigMap(namespace, "poolers", { "ca.crt": ca })));
  for (const { name, workloads } of clients) await client.create(podOf(name, workloads[0]?.podLabels.app ?? ""));
  await client.create(podOf("stranger", undefined));
  await client.create(podOf("scraper", "scraper", false));
  await untilRunning(client, namespace, "hcloud-postgres/test=poolers", clients.length + 2, { seconds: 120 });
  await Promise.all(names.map((name) => letIn(name)));
});

afterAll(async () => {
  for (const name of [...names, "stranger", "scraper"])
    await deleteAndWait(client, { ...ref.pods(namespace), name: `poolers-${name}` }, { seconds: 60 });
  await client.delete(ref.configMap(namespace, "poolers"));
});

function named(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels } };
}

function podOf(name: string, app: string | undefined, isClient = app !== undefined): KubeObject {
  return probePod({
    ...{ namespace, name: `poolers-${name}`, labels: { ...labels, ...(app !== undefined && { app }) } },
    ...{ image: operandImage, configMap: "poolers", lifetimeSeconds: 1800, restartPolicy: "Always" },
    ...(isClient && app !== undefined && { serviceAccountName: app }),
  });
}

const asker = (name: string) => ({ namespace, pod: `poolers-${name}` });
const poolerOf = (name: string) => `pg-${name}-pooler.${namespace}.svc`;
const instances = `pg-rw.${namespace}.svc`;

/** Logs in from a pod with what the Secret of a client says, some of it changed. */
async function login(from: string, as: Name = from as Name, changes: Record<string, string> = {}): Promise<Answer> {
  const secret = await client.get(ref.secret(namespace, `pg-${as}-credentials`));
  const of = (key: string) => decoded(secret, key);
  const environment = {
    ...{ PGHOST: of("host"), PGPORT: of("port"), PGUSER: of("username"), PGDATABASE: of("dbname") },
    ...{ PGSSLMODE: of("sslmode"), PGSSLROOTCERT: `${probe.directory}/ca.crt`, ...changes },
  };
  return askLogin(client, asker(from), { environment, password: of("password") }, 5);
}

async function letIn(name: Name): Promise<void> {
  const isIn = async () => ((await login(name)).outcome === "in" ? true : undefined);
  await until(`${name} let in`, isIn, { seconds: 90 });
}

const knock = (from: string, host: string, port = 5432) => askTcp(client, asker(from), { host, port }, 3);

describe("through a pooler", () => {
  test("its client gets in by the name in its Secret, verified, and PostgreSQL sees the pooler over TLS 1.3", async () => {
    const addresses = await poolerAddresses();
    for (const name of ["app", "shop"] as const) {
      const { outcome, message } = await login(name);
      expect(outcome, message).toBe("in");
      const [, who, address] = /^(.*) over TLSv1\.3, from (.*)$/.exec(message) ?? [];
      expect(who).toBe(name === "app" ? "app_user in app" : "Shop-User in Shop-1");
      expect(addresses[name]).toContain(address);
    }
  });

  test("nobody else's packets arrive, whatever password he has", async () => {
    for (const [from, to] of [
      ...[
        ["app", "shop"],
        ["shop", "app"],
        ["direct", "app"],
        ["direct", "shop"],
      ],
      ...[
        ["stranger", "app"],
        ["stranger", "shop"],
        ["scraper", "app"],
      ],
    ] as [string, Name][]) {
      const { outcome } = await knock(from, poolerOf(to));
      expect(["refused", "timeout"], `${from} to the pooler of ${to}`).toContain(outcome);
      const { outcome: tried } = await login(from, to);
      expect(tried, `${from} as ${to}`).not.toBe("in");
    }
  });

  test("neither do those of instances, or of other poolers", async () => {
    const addresses = await poolerAddresses();
    const { outcome, message } = await knock("app", poolerOf("app"));
    expect(outcome, message).toBe("connected");
    const pods = await client.list(ref.pods(namespace), { labelSelector: "cnpg.io/cluster=pg" });
    expect(pods).toHaveLength(3 + addresses.app.length + addresses.shop.length);
  });

  test("its pods are let through to the instances no more, and pg_hba would turn them away there too", async () => {
    expect((await knock("app", instances)).outcome).not.toBe("connected");
    expect((await login("direct")).outcome).toBe("in");
    await client.apply(opened);
    try {
      const turnedAway = async () => {
        const { message } = await login("app", "app", { PGHOST: instances });
        return message.includes("pg_hba.conf rejects connection") ? message : undefined;
      };
      expect(await until("the instances are reached", turnedAway, { seconds: 30 })).toContain("SSL encryption");
    } finally {
      await client.delete({ apiVersion: opened.apiVersion, kind: opened.kind, namespace, name: "poolers-opened" });
    }
  });

  test("plain text, another role and another database are turned away by PgBouncer", async () => {
    const plain = await login("app", "app", { PGSSLMODE: "disable" });
    expect(plain.outcome).toBe("out");
    expect(plain.message).toContain("SSL required");
    const cases: [Name, Record<string, string>][] = [
      ["shop", { PGHOST: poolerOf("app") }],
      ["shop", { PGHOST: poolerOf("app"), PGDATABASE: "app" }],
      ["direct", { PGHOST: poolerOf("app") }],
      ["app", { PGDATABASE: "Shop-1" }],
      ["app", { PGUSER: "postgres" }],
      ["app", { PGDATABASE: "pgbouncer", PGUSER: "pgbouncer" }],
    ];
    for (const [as, changes] of cases) {
      const { outcome, message } = await login("app", as, changes);
      expect(outcome, `${as} ${JSON.stringify(changes)}: ${message}`).toBe("out");
      expect(message).toContain("login rejected");
    }
  });

  test("a wrong password is wrong", async () => {
    const { outcome, message } = await askLogin(
      client,
      asker("app"),
      {
        environment: { PGHOST: poolerOf("app"), PGUSER: "app_user", PGDATABASE: "app", PGSSLMODE: "require" },
        password: "wrong",
      },
      5,
    );
    expect(outcome).toBe("out");
    expect(message).toContain("password authentication failed");
  });

  test("scrapers read its metrics, and nobody else", async () => {
    const { app: addresses } = await poolerAddresses();
    for (const host of addresses) {
      expect((await knock("scraper", host, 9127)).outcome).toBe("connected");
      for (const from of ["app", "stranger"]) expect((await knock(from, host, 9127)).outcome).not.toBe("connected");
    }
  });
});

/** What the program must never make: the pooled client's pods let through to the instances. */
const opened: KubeObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace, name: "poolers-opened", labels },
  spec: {
    podSelector: { matchLabels: { "cnpg.io/podRole": "instance" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: "myapp" } } }], ports: [{ port: 5432 }] }],
  },
};

async function poolerAddresses(): Promise<Record<"app" | "shop", string[]>> {
  const of = async (name: string) => {
    const labelSelector = `cnpg.io/poolerName=pg-${name}-pooler`;
    const pods = await client.list(ref.pods(namespace), { labelSelector });
    return pods.flatMap((pod) => podStatus(pod).podIP ?? []);
  };
  return { app: await of("app"), shop: await of("shop") };
}

test("a lost primary is replaced, and the pooler finds the new one", async () => {
  const pg = ref.pgCluster(namespace);
  const primary = (object: KubeObject | undefined) =>
    ((object?.["status"] ?? {}) as { currentPrimary?: string }).currentPrimary;
  const before = primary(await client.get(pg));
  await client.delete({ ...ref.pods(namespace), name: before });
  await untilObject(client, pg, "another primary", (object) => primary(object) !== before, { seconds: 120 });
  await Promise.all(names.map((name) => letIn(name)));
  await untilObject(client, pg, "ready", (object) => hasCondition(object, "Ready"), { seconds: 180 });
});

test("what is up is what is declared", async () => {
  const { stdout, code } = await onStack("preview", "--expect-no-changes");
  expect(code, stdout).toBe(0);
});
