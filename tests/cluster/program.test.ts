import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { until } from "../../kube/wait.ts";
import { askLogin } from "../../components/enforcement/probe.ts";
import { raise, sweep } from "../../local/proof/stage.ts";
import { inspect } from "../../local/proof/subject.ts";
import { pulumi } from "../../local/engine/pulumi.ts";
import { destroy, STACK, up } from "../../local/stack.ts";
import { configure, decoded, noDatabase, onStack, ref } from "./support.ts";

const BORROWED = "borrowed";
const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted", purpose: "of-somebody-else" };
const small = { instances: 1, synchronous: null, storage: { size: "1Gi", walSize: null } };

/** A webhook for Clusters that nobody answers: the API server says "failed calling webhook" for as long as it is there. */
const unanswered = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: "unanswered" },
  webhooks: [
    {
      name: "unanswered.example.com",
      clientConfig: { service: { namespace: "default", name: "nobody", path: "/" } },
      rules: [
        { apiGroups: ["postgresql.cnpg.io"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["clusters"] },
      ],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      failurePolicy: "Fail",
    },
  ],
};

let client: KubeClient;
let kubeconfig: string;

beforeAll(async () => {
  ({ client, kubeconfig } = await noDatabase());
});

describe("in a namespace of somebody else", () => {
  let borrowedUid: string | undefined;

  beforeAll(async () => {
    await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: BORROWED, labels: RESTRICTED } });
    borrowedUid = (await client.get(ref.namespace(BORROWED)))?.metadata.uid;
    await configure(kubeconfig, { namespace: { name: BORROWED, existing: true }, database: small });
    return async () => {
      await client.delete({ apiVersion: unanswered.apiVersion, kind: unanswered.kind, name: "unanswered" });
      await client.delete(ref.namespace(BORROWED));
    };
  });

  test("the first up succeeds although the admission webhook does not answer for 30 s", async () => {
    await client.apply(unanswered);
    let answersFrom = 0;
    const release = async () => {
      const receipt = ref.configMap(BORROWED, "networkpolicy-enforcement");
      await until("the receipt of the enforcement proof", () => client.get(receipt), { seconds: 300 });
      await sleep(30_000);
      answersFrom = Date.now();
      await client.delete({ apiVersion: unanswered.apiVersion, kind: unanswered.kind, name: "unanswered" });
    };
    await Promise.all([up(), release()]);
    const created = (await client.get(ref.pgCluster(BORROWED)))?.metadata.creationTimestamp ?? "";
    // Timestamps of objects have whole seconds.
    expect(Date.parse(created)).toBeGreaterThanOrEqual(answersFrom - 1000);
  });

  test("destroy deletes the Cluster while the operator is still there, and leaves the namespace as it was", async () => {
    await destroy();
    expect((await client.list(ref.pods(BORROWED))).map(({ metadata }) => metadata.name)).toEqual([]);
    expect(await client.list({ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: BORROWED })).toEqual([]);
    const namespace = await client.get(ref.namespace(BORROWED));
    expect(namespace?.metadata.uid).toBe(borrowedUid);
    expect(namespace?.metadata.labels).toMatchObject(RESTRICTED);
    expect(namespace?.metadata.annotations ?? {}).not.toHaveProperty("hcloud-postgres/stack");
    expect(await client.get(ref.namespace("cnpg-system"))).toBeUndefined();
  });

  test("the kinds of CloudNativePG outlive it", async () => {
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      name: "clusters.postgresql.cnpg.io",
    };
    expect(await client.get(definition)).toBeDefined();
  });
});

describe("as Pulumi.local.yaml says", () => {
  beforeAll(async () => {
    await configure(kubeconfig);
    await up();
  });

  test("a second up has nothing to do", async () => {
    const { code } = await onStack("preview", "--expect-no-changes");
    expect(code).toBe(0);
  });

  test("neither password nor kubeconfig is readable in the state", async () => {
    const password = decoded(await client.get(ref.secret("production", "pg-app-credentials")), "password");
    const { code, stdout } = await pulumi(["stack", "export", "--stack", STACK]);
    expect(code).toBe(0);
    expect(stdout).toContain('"ciphertext"');
    expect(password).toHaveLength(32);
    expect(stdout).not.toContain(password);
    expect(stdout).not.toContain("client-key-data");
  });

  test("replication is synchronous, with failover quorum, and every instance is ready", async () => {
    const found = await client.get(ref.pgCluster("production"));
    expect(found).toMatchObject({
      spec: { instances: 3, postgresql: { synchronous: { method: "any", number: 1, failoverQuorum: true } } },
      status: { readyInstances: 3 },
    });
  });

  test("a raised passwordVersion makes a password that gets in, and the old one no longer does", async () => {
    const subject = await inspect(client, { namespace: "production", cluster: "pg" });
    const { client: from } = await raise(client, subject);
    const login = async (password: string) => {
      const { outcome } = await askLogin(client, from.asker, { environment: from.environment, password }, 5);
      return outcome;
    };
    try {
      const old = subject.credentials.password;
      await until("the client admitted", async () => ((await login(old)) === "in" ? true : undefined), { seconds: 30 });
      await configure(kubeconfig, { clients: [appOf("app", 2)] });
      await up();
      const { password } = (await inspect(client, subject)).credentials;
      expect(password).not.toBe(old);
      // CloudNativePG carries it into the role a moment after it has seen the Secret.
      await until("the new password", async () => ((await login(password)) === "in" ? true : undefined), {
        seconds: 60,
      });
      expect(await login(old)).toBe("out");
    } finally {
      await sweep(client, subject);
    }
  });

  test("another bootstrap database is refused in the preview, and nothing changes", async () => {
    const before = (await client.get(ref.pgCluster("production")))?.metadata.resourceVersion;
    await configure(kubeconfig, { clients: [appOf("elsewhere", 2)] });
    const { code, stdout } = await onStack("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain('hcloud-postgres:database.bootstrap: got {"database":"elsewhere"');
    expect((await client.get(ref.pgCluster("production")))?.metadata.resourceVersion).toBe(before);
  });
});

function appOf(databaseName: string, passwordVersion: number) {
  const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
  return { name: "app", role: "app_user", database: databaseName, passwordVersion, workloads };
}
