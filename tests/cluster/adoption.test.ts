import { afterAll, beforeAll, expect, test } from "vitest";
import { untilWebhookAnswers } from "../../components/database/webhook.ts";
import { POD_SECURITY_RESTRICTED } from "../../components/namespace.ts";
import { adjusted, releaseObjects } from "../../components/operator/manifest.ts";
import { ApiError, type KubeClient } from "../../kube/client.ts";
import { refOf, type KubeObject } from "../../kube/objects.ts";
import { podStatus } from "../../kube/pods.ts";
import { deleteAndWait, hasCondition, until, untilObject } from "../../kube/wait.ts";
import { operandImage } from "../../local/node/operand.ts";
import { pulumi } from "../../local/engine/pulumi.ts";
import { destroy, STACK, up } from "../../local/stack.ts";
import { ClientPods, type Session } from "./clientPods.ts";
import { configure, decoded, noDatabase, onStack, ref } from "./support.ts";

const namespace = "adopted";
const own = (apiVersion: string, kind: string, name: string, more: object): KubeObject => ({
  ...{ apiVersion, kind, metadata: { namespace, name } },
  ...more,
});
const rbac = "rbac.authorization.k8s.io";
/** As a tutorial has it: no such syntax exists, it is taken for a host name, and matches nobody. */
const INVALID_LINE = "hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256";
const OFFICE_LINE = "hostssl app app_user 203.0.113.0/24 scram-sha-256";

/** A field that the stack does not render. */
const stopDelay = 900;

/** A database as somebody might have made it by hand, open to whoever has a password. */
const byHand = own("postgresql.cnpg.io/v1", "Cluster", "pg", {
  spec: {
    instances: 2,
    stopDelay,
    imageName: operandImage,
    storage: { size: "1Gi" },
    resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "512Mi" } },
    bootstrap: { initdb: { database: "app", owner: "app_user" } },
    postgresql: {
      synchronous: { method: "any", number: 1 },
      pg_hba: [INVALID_LINE, OFFICE_LINE],
    },
  },
});
const role = own(`${rbac}/v1`, "Role", "read-pg-app-secret", {
  rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["pg-app"], verbs: ["get"] }],
});
const binding = own(`${rbac}/v1`, "RoleBinding", "read-pg-app-secret", {
  roleRef: { apiGroup: rbac, kind: "Role", name: "read-pg-app-secret" },
  subjects: [{ kind: "ServiceAccount", name: "myapp", namespace }],
});
const account = own("v1", "ServiceAccount", "myapp", {});
/** It lets the client in and cuts the operator off. */
const cutting = own("networking.k8s.io/v1", "NetworkPolicy", "allow-app-to-pg", {
  spec: {
    podSelector: { matchLabels: { "cnpg.io/cluster": "pg" } },
    policyTypes: ["Ingress"],
    ingress: ["app=myapp", "cnpg.io/cluster=pg"].map((label) => {
      const [key = "", value = ""] = label.split("=");
      return {
        from: [{ podSelector: { matchLabels: { [key]: value } } }],
        ports: [{ protocol: "TCP", port: 5432 }],
      };
    }),
  },
});

const client = {
  ...{ name: "web", role: "app_user", database: "app", existingSecret: "pg-app" },
  workloads: [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp", create: false } }],
};
const settings = {
  ...{ namespace: { name: namespace, existing: true }, operator: { install: "existing" }, adopt: true },
  clients: [client],
};
const asItRuns = {
  ...{ instances: 2, storage: { size: "1Gi", walSize: null }, resources: { memory: "512Mi", cpu: "100m" } },
  presentLines: [OFFICE_LINE],
};

const operator = releaseObjects().map((object) => adjusted(object, "nobody's"));
const login = { secret: "pg-app" };

let kube: KubeClient;
let kubeconfig: string;
let pods: ClientPods;
let begun: Record<string, Session>;
let instances: (string | undefined)[];
let uid: string | undefined;

beforeAll(async () => {
  ({ client: kube, kubeconfig } = await noDatabase());
  for (const object of operator) {
    const { name = "", labels = {} } = object.metadata;
    await kube.apply(object.kind === "Namespace" ? { ...object, metadata: { name, labels } } : object);
  }
  await kube.apply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: POD_SECURITY_RESTRICTED },
  });
  await untilWebhookAnswers(kube, byHand, 180);
  for (const object of [account, role, binding, byHand]) await kube.create(object, { fieldManager: "kubectl-create" });
  pods = new ClientPods(kube, namespace, "adoption");
  await pods.start([
    { name: "app", labels: { app: "myapp" }, serviceAccount: "myapp" },
    { name: "legacy", labels: { app: "legacy" } },
  ]);
  await untilObject(kube, ref.pgCluster(namespace), "ready", (object) => hasCondition(object, "Ready"), {
    seconds: 240,
  });
  await pods.sql("app", login, "create table things (at timestamptz default now())");
  await pods.begin("app", login, "insert into things default values");
  await pods.begin("legacy", { ...login, sslmode: "disable" }, "select count(*) from things");
  begun = await until("both sessions", bothSessions, { seconds: 30 });
  instances = await instanceUids();
  uid = (await kube.get(ref.pgCluster(namespace)))?.metadata.uid;
});

afterAll(async () => {
  await destroy().catch(() => undefined);
  await pods.remove();
  await deleteAndWait(kube, ref.pgCluster(namespace), { seconds: 120 });
  // A namespace is looked at again only after half the time that its pods may take to end, and an instance may take long.
  const areGone = async () => ((await instanceUids()).length === 0 ? true : undefined);
  await until("the instances gone", areGone, { seconds: 120 });
  await deleteAndWait(kube, ref.namespace(namespace), { seconds: 120 });
  for (const object of operator.filter(({ kind }) => kind !== "CustomResourceDefinition"))
    await kube.delete(refOf(object));
  await deleteAndWait(kube, ref.namespace("cnpg-system"), { seconds: 120 });
});

async function bothSessions(): Promise<Record<string, Session> | undefined> {
  const sessions = await pods.sessions();
  return Object.keys(sessions).length === 2 ? sessions : undefined;
}

async function instanceUids(): Promise<(string | undefined)[]> {
  const found = await kube.list(ref.pods(namespace), { labelSelector: "cnpg.io/podRole=instance" });
  return found.map(({ metadata }) => metadata.uid).sort();
}

/** Neither a session has been lost since the beginning, nor an instance restarted. */
async function nobodyNoticed(): Promise<void> {
  expect(await bothSessions()).toEqual(begun);
  expect(await instanceUids()).toEqual(instances);
  expect((await kube.get(ref.pgCluster(namespace)))?.metadata.uid).toBe(uid);
}

/** What only its maker has said of the Cluster. */
async function othersFieldsStay(): Promise<void> {
  expect((await kube.get(ref.pgCluster(namespace)))?.["spec"]).toMatchObject({
    stopDelay,
    bootstrap: { initdb: { database: "app", owner: "app_user" } },
  });
}

async function linesOfPgHba(): Promise<string[]> {
  const { postgresql } = (await kube.get(ref.pgCluster(namespace)))?.["spec"] as { postgresql: { pg_hba: string[] } };
  return postgresql.pg_hba;
}

/** The pod of somebody who wears the client's labels and is not the client. */
const impostor = () => pods.manifest({ name: "impostor", labels: { app: "myapp" } });

test("without being asked to, nothing is taken over: all that is in the way comes in one error", async () => {
  const before = (await kube.get(ref.pgCluster(namespace)))?.["spec"];
  const taken = { ...client, name: "app" };
  const accounts = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
  await configure(kubeconfig, {
    ...settings,
    adopt: false,
    clients: [{ ...taken, workloads: accounts }],
    database: asItRuns,
  });
  const { code, stdout } = await onStack("preview");
  expect(code).not.toBe(0);
  for (const said of [
    "4 problems, nothing was changed",
    "adopt: got false, expected no Cluster adopted/pg of somebody else",
    'clients: got "read-pg-app-secret", expected no Role adopted/read-pg-app-secret of somebody else',
    "expected no RoleBinding adopted/read-pg-app-secret of somebody else",
    "clients[0].workloads[0].serviceAccount.create: got true, expected no ServiceAccount adopted/myapp of somebody else",
  ])
    expect(stdout).toContain(said);
  expect((await kube.get(ref.pgCluster(namespace)))?.["spec"]).toEqual(before);
});

test("what observing would lose or could not mend is refused: lines, the owner's password, a cut lifeline", async () => {
  await kube.apply(cutting);
  try {
    const bare = { ...asItRuns, presentLines: [] };
    await configure(kubeconfig, {
      ...settings,
      mode: "observe",
      clients: [{ ...client, existingSecret: undefined }],
      database: bare,
    });
    const { code, stdout } = await onStack("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain(
      "operator in cnpg-system -> adopted/pg:8000 is closed by NetworkPolicy adopted/allow-app-to-pg",
    );
    expect(stdout).toContain("database.presentLines: got [], expected also the lines that Cluster pg has now");
    expect(stdout).toContain("clients[0].existingSecret: got nothing, expected pg-app, from which CloudNativePG");
  } finally {
    await kube.delete(refOf(cutting));
  }
  await configure(kubeconfig, { ...settings, clients: [{ ...client, existingSecret: "nobody" }], database: asItRuns });
  expect((await onStack("preview")).stdout).toContain(
    'clients[0].existingSecret: got "nobody", expected a Secret in namespace adopted',
  );
});

test("observing takes the Cluster over, turns nobody away, and says who would be", async () => {
  await configure(kubeconfig, { ...settings, mode: "observe", database: asItRuns });
  const { code, stdout } = await onStack("preview");
  expect(code).toBe(0);
  const address = podStatus(await kube.get({ ...ref.pods(namespace), name: "adoption-legacy" })).podIP ?? "";
  expect(stdout).toContain("up takes over, and destroy leaves: Cluster adopted/pg");
  expect(stdout).toContain("spec.postgresql.pg_hba:");
  expect(stdout).not.toMatch(/spec\.(resources|imageName|storage|bootstrap)/);
  expect(stdout).toContain(`app_user@app from ${address} (adopted/adoption-legacy), plain: closed by NetworkPolicy`);
  expect(stdout).not.toContain("adopted/adoption-app");

  await up();
  await nobodyNoticed();
  expect(await linesOfPgHba()).toEqual(["hostssl app app_user ${podselector:web} scram-sha-256", OFFICE_LINE]);
  expect(await pods.sql("legacy", { ...login, sslmode: "disable" }, "select 1")).toBe("1");
  expect(await pods.sql("app", login, "select 1")).toBe("1");
  expect(await kube.list({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace })).toEqual([]);
  await kube.create(impostor(), { dryRun: true });
  const again = await onStack("preview", "--expect-no-changes");
  expect(again.code, again.stdout).toBe(0);
  expect(again.stdout).toContain("(adopted/adoption-legacy), plain: closed by NetworkPolicy");
});

test("enforcing turns away whom it said, mends a lifeline that another policy cuts, and ends no session", async () => {
  await kube.apply(cutting);
  await configure(kubeconfig, { ...settings, database: asItRuns });
  await up();
  await nobodyNoticed();
  await othersFieldsStay();
  expect((await linesOfPgHba()).at(-1)).toBe("host all all all reject");
  expect(await linesOfPgHba()).not.toContain(OFFICE_LINE);
  expect(await pods.sql("app", login, "select 1")).toBe("1");
  expect(await pods.sql("legacy", login, "select 1")).toMatch(/refused|timeout|rejects/);
  const refused: unknown = await kube.create(impostor(), { dryRun: true }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  const again = await onStack("preview", "--expect-no-changes");
  expect(again.code, again.stdout).toBe(0);
});

test("the password that is kept is in no state", async () => {
  const password = decoded(await kube.get(ref.secret(namespace, "pg-app")), "password");
  expect(password.length).toBeGreaterThan(16);
  const { code, stdout } = await pulumi(["stack", "export", "--show-secrets", "--stack", STACK]);
  expect(code).toBe(0);
  expect(stdout).toContain("read-pg-web-secret");
  expect(stdout).not.toContain(password);
});

test("destroy leaves what was there before, as it is, and takes its own along", async () => {
  await destroy();
  await nobodyNoticed();
  await othersFieldsStay();
  expect(await pods.sql("app", login, "select count(*) > 100 from things")).toBe("t");
  for (const object of [account, role, binding, cutting]) {
    const live = await kube.get(refOf(object));
    expect(live).toMatchObject({ ...object, metadata: { namespace } });
  }
  expect(await kube.get(ref.namespace("cnpg-system"))).toBeDefined();
  expect(await kube.get(ref.secret(namespace, "pg-app"))).toBeDefined();
  const policies = await kube.list({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace });
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(["allow-app-to-pg"]);
  const roles = await kube.list({ apiVersion: `${rbac}/v1`, kind: "Role", namespace });
  expect(roles.map(({ metadata }) => metadata.name).sort()).toEqual(["pg", "read-pg-app-secret"]);
});
