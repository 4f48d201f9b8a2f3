import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { until } from "../../kube/wait.ts";
import { judge, proveAdmission } from "../../local/proof/admission.ts";
import { attempts } from "../../local/proof/attempts.ts";
import { startControlPlane, type ControlPlane } from "../policy/apiserver.ts";
import { furnish, grantObjects, install, operator, pod, sceneIn } from "./lab.ts";

const production = sceneIn("production");
let plane: ControlPlane;
let developer: KubeClient;

beforeAll(async () => {
  plane = await startControlPlane();
  for (const namespace of ["production", "free"]) await furnish(plane.client, namespace);
  await install(plane.client);
  developer = plane.clientWith("administrator", "developer");
  const inForce = async () => {
    const answers = await Promise.all(attempts.map((attempt) => judge(developer, production, attempt)));
    return answers.every(({ observed }) => observed === "refused") ? true : undefined;
  };
  await until("every policy in force", inForce, { seconds: 30 }).catch(() => undefined);
});

afterAll(() => plane.stop());

/** What the API server says when `who` creates a pod. */
function creating(who: string, labels: Record<string, string>, account: string, more = {}) {
  const client = plane.clientWith("administrator", who);
  return judge(client, production, {
    what: "",
    make: () => client.create(pod("production", "tried", labels, account, more), { dryRun: true }),
  });
}

test("every attempt is refused where the policies hold, and only there", async () => {
  const rows = await proveAdmission(developer, production, sceneIn("free"));
  expect(rows.filter(({ ok }) => ok !== true).map(({ to, observed, message }) => [to, observed, message])).toEqual([]);
  expect(rows.length).toBe(attempts.length);
  console.log(rows.map(({ to, message }) => `${to}\n    ${message}`).join("\n"));
});

describe("the labels are for whoever they belong to", () => {
  const client = { app: "myapp" };
  test.each([
    ["a deployer as the client", "deployer", client, "myapp", {}, "accepted"],
    [
      "a controller of Kubernetes as the client",
      "system:serviceaccount:kube-system:replicaset-controller",
      client,
      "myapp",
      {},
      "accepted",
    ],
    [
      "a deployer as another workload of the client",
      "deployer",
      { app: "worker", tier: "back" },
      "worker",
      {},
      "accepted",
    ],
    ["anybody with some of the labels only", "developer", { tier: "back" }, "default", {}, "accepted"],
    ["anybody without", "developer", { app: "other" }, "default", {}, "accepted"],
    [
      "the operator as the database",
      operator,
      { "cnpg.io/cluster": "pg", "cnpg.io/podRole": "instance" },
      "pg",
      {},
      "accepted",
    ],
    ["an instance of another Cluster", "developer", { "cnpg.io/cluster": "other" }, "default", {}, "accepted"],
    ["a deployer as one workload with the labels of the other", "deployer", client, "worker", {}, "refused"],
    ["a deployer without the ServiceAccount", "deployer", client, "default", {}, "refused"],
    ["a deployer as the database", "deployer", {}, "pg", {}, "refused"],
    [
      "a controller without the ServiceAccount",
      "system:serviceaccount:kube-system:replicaset-controller",
      client,
      "default",
      {},
      "refused",
    ],
    ["the operator without its ServiceAccount", operator, { "cnpg.io/cluster": "pg" }, "default", {}, "refused"],
    [
      "a label of CloudNativePG, without a Cluster",
      "developer",
      { "cnpg.io/podRole": "instance" },
      "default",
      {},
      "refused",
    ],
    [
      "an administrator's client on the host network",
      "administrator",
      client,
      "myapp",
      { hostNetwork: true },
      "refused",
    ],
    [
      "an administrator's client that ends",
      "administrator",
      client,
      "myapp",
      { restartPolicy: "OnFailure" },
      "refused",
    ],
  ] as const)("%s", async (_what, who, labels, account, more, expected) => {
    const judged =
      who === "administrator"
        ? await asAdministrator(labels, account, more)
        : await creating(who, labels, account, more);
    expect(judged.observed, judged.message).toBe(expected);
  });

  function asAdministrator(labels: Record<string, string>, account: string, more: object) {
    return judge(plane.client, production, {
      what: "",
      make: () => plane.client.create(pod("production", "tried", labels, account, more), { dryRun: true }),
    });
  }
});

describe("the database's Secrets and volumes", () => {
  const volume = (secret: object) => ({ volumes: [{ name: "v", secret }] });
  const items = (...keys: string[]) => keys.map((key) => ({ key, path: key }));
  const env = (name: string, key: string) => ({
    containers: [{ name: "main", image: "none", env: [{ name: "X", valueFrom: { secretKeyRef: { name, key } } }] }],
  });
  test.each([
    ["the CA's certificate alone", volume({ secretName: "pg-ca", items: items("ca.crt") }), "accepted"],
    [
      "the CA's certificate, projected",
      { volumes: [{ name: "v", projected: { sources: [{ secret: { name: "pg-ca", items: items("ca.crt") } }] } }] },
      "accepted",
    ],
    ["another Secret", volume({ secretName: "mine" }), "accepted"],
    ["another claim", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "pg-data" } }] }, "accepted"],
    ["the CA's key", volume({ secretName: "pg-ca", items: items("ca.key") }), "refused"],
    ["both", volume({ secretName: "pg-ca", items: items("ca.crt", "ca.key") }), "refused"],
    ["the server's key", volume({ secretName: "pg-server", items: items("ca.crt") }), "refused"],
    ["the client's password by a volume", volume({ secretName: "pg-app-credentials" }), "refused"],
    [
      "all of the client's Secret as variables",
      { initContainers: [{ name: "i", image: "none", envFrom: [{ secretRef: { name: "pg-app-credentials" } }] }] },
      "refused",
    ],
    ["the superuser's password", env("pg-superuser", "password"), "refused"],
    ["WAL of an instance", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "pg-2-wal" } }] }, "refused"],
  ] as const)("%s", async (_what, more, expected) => {
    const { observed, message } = await creating("developer", {}, "default", more);
    expect(observed, message).toBe(expected);
  });

  test("the Job that makes the first instance reads the owner's password", async () => {
    const job = { "cnpg.io/cluster": "pg", "cnpg.io/jobRole": "initdb" };
    const judged = await creating(operator, job, "pg", volume({ secretName: "pg-app-credentials" }));
    expect(judged.observed, judged.message).toBe("accepted");
  });

  test("the client reads its own Secret", async () => {
    const judged = await creating("deployer", { app: "myapp" }, "myapp", env("pg-app-credentials", "password"));
    expect(judged.observed, judged.message).toBe("accepted");
  });
});

test("a pod from before the policies goes on: its status is written, whatever it wears", async () => {
  const { client } = plane;
  const old = { apiVersion: "v1", kind: "Pod", namespace: "production", name: "client" };
  await client.mergePatch(old, { status: { phase: "Running" } }, "status");
  await client.mergePatch(old, { metadata: { annotations: { note: "kept" } } });
  expect((await client.get(old))?.metadata.annotations).toEqual({ note: "kept" });
});

test("a workload is scaled by whoever may scale, but its template is the deployers'", async () => {
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name: "client" };
  await developer.mergePatch(deployment, { spec: { replicas: 2 } });
  const image = { spec: { template: { metadata: { annotations: { restarted: "now" } } } } };
  await expect(developer.mergePatch(deployment, image)).rejects.toThrow("may not run pods as ServiceAccount myapp");
  await plane.clientWith("administrator", "deployer").mergePatch(deployment, image);
});

test("the older name of the field is no way round", async () => {
  const template = { spec: { serviceAccount: "myapp" } };
  const revision = { apiVersion: "apps/v1", kind: "ControllerRevision", revision: 1, data: { spec: { template } } };
  const judged = await judge(developer, production, {
    what: "",
    make: () =>
      developer.create(
        { ...revision, metadata: { namespace: "production", name: "r" } },
        {
          dryRun: true,
        },
      ),
  });
  expect(judged.observed).toBe("refused");
  const { observed } = await creating("developer", {}, "", { serviceAccount: "myapp" });
  expect(observed).toBe("refused");
});

test("a binding gives no label", async () => {
  const bind = (labels: Record<string, string>) =>
    judge(developer, production, {
      what: "",
      make: () =>
        developer.request("POST", "/api/v1/namespaces/production/pods/idle/binding", {
          body: {
            apiVersion: "v1",
            kind: "Binding",
            metadata: { name: "idle", labels },
            target: { kind: "Node", name: "n" },
          },
          query: { dryRun: "All" },
        }),
    });
  expect((await bind({ app: "myapp" })).observed).toBe("refused");
  expect((await bind({ "cnpg.io/cluster": "pg" })).observed).toBe("refused");
  expect((await bind({ zone: "z" })).observed).toBe("accepted");
});

test("a node gets tokens for its pods, whoever they are", async () => {
  const rules = [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }];
  const subjects = [{ kind: "Group", name: "system:nodes" }];
  for (const object of grantObjects({ name: "nodes", rules, subjects })) await plane.client.create(object);
  const kubelet = plane.clientWith("kubelet");
  for (const account of ["myapp", "pg"]) {
    const path = `/api/v1/namespaces/production/serviceaccounts/${account}/token`;
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    expect(await kubelet.request("POST", path, { body })).toHaveProperty("status.token");
  }
});
