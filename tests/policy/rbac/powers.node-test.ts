import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiError, type KubeClient } from "../../../kube/client.ts";
import { powers } from "../../../policy/analysis/rbac/index.ts";
import { startControlPlane, type ControlPlane } from "../apiserver.ts";
import { clusterRole, clusterRoleBinding, objectsOf, roleBinding, user, type WrittenRule } from "./lab.ts";
import { create, remove, review } from "./server.ts";
import type { Manifest } from "./generate/manifests.ts";

/** Something that a power is said to make possible, tried on a real API server by the user jane. */
interface Attempt {
  readonly power: string;
  readonly means: string;
  /** Rules that give the power, as the judge must say. */
  readonly rules: readonly WrittenRule[];
  /** Rules that nearly do, with which the judge must find no such power, and the attempt must be forbidden. */
  readonly nearly: readonly WrittenRule[];
  /** Bound in the whole cluster; by default in the namespace `prod`. */
  readonly everywhere?: true;
  readonly attempt: (jane: KubeClient) => Promise<unknown>;
}

const rbac = "rbac.authorization.k8s.io";
const authentication = "authentication.k8s.io";
const certificates = "certificates.k8s.io";
const core = { apiVersion: "v1" };
const worn = { metadata: { labels: { app: "myapp" } } };
const pod = (name: string) => ({
  ...core,
  kind: "Pod",
  metadata: { name, namespace: "prod" },
  spec: { serviceAccountName: "app", containers: [{ name: "main", image: "none" }] },
});
const idle = { ...core, kind: "Pod", name: "idle", namespace: "prod" };
const prod = { ...core, kind: "Namespace", name: "prod" };
const whoAmI = { apiVersion: `${authentication}/v1`, kind: "SelfSubjectReview" };
const askWhoIAm = () =>
  plane
    .clientWith("jane", "system:serviceaccount:prod:app")
    .request("POST", `/apis/${authentication}/v1/selfsubjectreviews`, { body: whoAmI });

const attempts: readonly Attempt[] = [
  {
    power: "run-pods",
    means: "a creation restricted to a name, by server-side apply",
    rules: [{ verbs: ["create", "patch"], resources: ["pods"], resourceNames: ["made"] }],
    nearly: [{ verbs: ["create"], resources: ["pods"], resourceNames: ["made"] }],
    attempt: (jane) => jane.apply(pod("made")),
  },
  {
    power: "make-volumes",
    means: "a folder of a node",
    rules: [{ verbs: ["create"], resources: ["persistentvolumes"] }],
    nearly: [{ verbs: ["update", "patch"], resources: ["persistentvolumes"] }],
    everywhere: true,
    attempt: (jane) =>
      jane.create({
        ...core,
        kind: "PersistentVolume",
        metadata: { name: "folder" },
        spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/" } },
      }),
  },
  {
    power: "label-pods",
    means: "the status of a pod",
    rules: [{ verbs: ["patch"], resources: ["pods/status"] }],
    nearly: [{ verbs: ["get"], resources: ["pods/status"] }],
    attempt: async (jane) => {
      await jane.mergePatch(idle, worn, "status");
      expect((await plane.client.get(idle))?.metadata.labels).toEqual(worn.metadata.labels);
    },
  },
  {
    power: "forge-addresses",
    means: "the status of a pod",
    rules: [{ verbs: ["patch"], resources: ["pods/status"], resourceNames: ["idle"] }],
    nearly: [{ verbs: ["get"], resources: ["pods/status"], resourceNames: ["idle"] }],
    attempt: (jane) => jane.mergePatch(idle, { status: { podIP: "10.9.9.9", podIPs: [{ ip: "10.9.9.9" }] } }, "status"),
  },
  {
    power: "label-pods",
    means: "the binding of a pod to a node",
    rules: [{ verbs: ["create"], resources: ["pods/binding"] }],
    nearly: [{ verbs: ["create"], resources: ["pods/eviction"] }],
    attempt: async (jane) => {
      const binding = { ...core, kind: "Binding", metadata: { name: "unbound", labels: worn.metadata.labels } };
      const target = { ...core, kind: "Node", name: "some-node" };
      await jane.request("POST", "/api/v1/namespaces/prod/pods/unbound/binding", { body: { ...binding, target } });
      expect((await plane.client.get({ ...idle, name: "unbound" }))?.metadata.labels).toEqual(worn.metadata.labels);
    },
  },
  ...["", "status", "finalize"].map((subresource): Attempt => ({
    power: "label-namespaces",
    means: `a RoleBinding in the namespace${subresource && ` on its ${subresource}`}`,
    rules: [{ verbs: ["patch", "update"], resources: [`namespaces${subresource && `/${subresource}`}`] }],
    nearly: [{ verbs: ["get", "delete"], resources: ["namespaces"] }],
    attempt: async (jane) => {
      const labels = { tried: subresource || "itself" };
      if (subresource !== "finalize") await jane.mergePatch(prod, { metadata: { labels } }, subresource || undefined);
      else {
        const found = await plane.client.get(prod);
        const body = { ...found, metadata: { ...found?.metadata, labels: { ...found?.metadata.labels, ...labels } } };
        await jane.request("PUT", "/api/v1/namespaces/prod/finalize", { body });
      }
      expect((await plane.client.get(prod))?.metadata.labels).toMatchObject(labels);
    },
  })),
  {
    power: "mint-tokens",
    means: "the token API for one ServiceAccount",
    rules: [{ verbs: ["create"], resources: ["serviceaccounts/token"], resourceNames: ["app"] }],
    nearly: [{ verbs: ["create"], resources: ["serviceaccounts"] }],
    attempt: (jane) =>
      jane.request("POST", "/api/v1/namespaces/prod/serviceaccounts/app/token", {
        body: { apiVersion: `${authentication}/v1`, kind: "TokenRequest", spec: {} },
      }),
  },
  {
    power: "read-secrets",
    means: "a list restricted to a name, by a field selector",
    rules: [{ verbs: ["list"], resources: ["secrets"], resourceNames: ["pg-ca"] }],
    nearly: [{ verbs: ["list"], resources: ["secrets"], resourceNames: ["pg-app"] }],
    attempt: (jane) =>
      jane.list({ ...core, kind: "Secret", namespace: "prod" }, { fieldSelector: "metadata.name=pg-ca" }),
  },
  {
    power: "impersonate",
    means: "a ServiceAccount",
    rules: [{ verbs: ["impersonate"], resources: ["serviceaccounts"], resourceNames: ["app"] }],
    nearly: [{ verbs: ["impersonate"], resources: ["groups", "userextras"] }],
    attempt: askWhoIAm,
  },
  {
    power: "impersonate",
    means: "a ServiceAccount, in the constrained way",
    rules: [
      { verbs: ["impersonate:serviceaccount"], apiGroups: [authentication], resources: ["serviceaccounts"] },
      {
        verbs: ["impersonate-on:serviceaccount:create"],
        apiGroups: [authentication],
        resources: ["selfsubjectreviews"],
      },
    ],
    nearly: [
      {
        verbs: ["impersonate-on:serviceaccount:create"],
        apiGroups: [authentication],
        resources: ["selfsubjectreviews"],
      },
    ],
    everywhere: true,
    attempt: askWhoIAm,
  },
  {
    power: "bind",
    means: "a RoleBinding to a role of greater power",
    rules: [
      { verbs: ["bind"], apiGroups: [rbac], resources: ["clusterroles"], resourceNames: ["cluster-admin"] },
      { verbs: ["create"], apiGroups: [rbac], resources: ["rolebindings"] },
    ],
    nearly: [{ verbs: ["create"], apiGroups: [rbac], resources: ["rolebindings"] }],
    attempt: (jane) => jane.create(roleBinding("prod", "taken", "ClusterRole cluster-admin", user("bob")) as never),
  },
  {
    power: "escalate",
    means: "more rules in a Role",
    rules: [
      { verbs: ["update", "patch", "escalate"], apiGroups: [rbac], resources: ["roles"], resourceNames: ["grown"] },
    ],
    nearly: [{ verbs: ["update", "patch"], apiGroups: [rbac], resources: ["roles"] }],
    attempt: (jane) =>
      jane.mergePatch(
        { apiVersion: `${rbac}/v1`, kind: "Role", name: "grown", namespace: "prod" },
        { rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] },
      ),
  },
  {
    power: "approve-certificates",
    means: "the approval of a client certificate",
    rules: [
      { verbs: ["approve"], apiGroups: [certificates], resources: ["signers"], resourceNames: ["kubernetes.io/*"] },
      { verbs: ["patch"], apiGroups: [certificates], resources: ["certificatesigningrequests/approval"] },
    ],
    nearly: [{ verbs: ["patch"], apiGroups: [certificates], resources: ["certificatesigningrequests/approval"] }],
    everywhere: true,
    attempt: (jane) =>
      jane.mergePatch(
        { apiVersion: `${certificates}/v1`, kind: "CertificateSigningRequest", name: "wanted" },
        { status: { conditions: [{ type: "Approved", status: "True", reason: "Tried" }] } },
        "approval",
      ),
  },
];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  const { client } = plane;
  const inProd = (name: string) => ({ name, namespace: "prod" });
  await client.create({ ...core, kind: "Namespace", metadata: { name: "prod" } });
  await client.create({ ...core, kind: "ServiceAccount", metadata: inProd("app") });
  await client.create({ ...core, kind: "Secret", metadata: inProd("pg-ca") });
  for (const name of ["idle", "unbound"]) await client.create(pod(name));
  await client.create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata: inProd("grown"), rules: [] });
  await client.create({
    apiVersion: `${certificates}/v1`,
    kind: "CertificateSigningRequest",
    metadata: { name: "wanted" },
    spec: {
      request: await certificateRequest(),
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
    },
  });
});
afterAll(() => plane.stop());

describe("a power is what it is said to be", () => {
  test.each(attempts)("$power by $means", async ({ power, rules, nearly, everywhere, attempt }) => {
    const tried = async (given: readonly WrittenRule[]) => {
      const manifests = granted(given, everywhere === true);
      const judged = powers(objectsOf(...manifests), "jane").some((row) => row.power === power);
      await create(plane.client, manifests);
      try {
        await untilSeen();
        return { judged, outcome: await outcomeOf(attempt(plane.clientWith("jane"))) };
      } finally {
        await remove(plane.client, manifests);
        await untilSeen(false);
      }
    };
    expect(await tried(nearly)).toEqual({ judged: false, outcome: "forbidden" });
    expect(await tried(rules)).toEqual({ judged: true, outcome: "done" });
  });
});

async function outcomeOf(attempt: Promise<unknown>): Promise<"done" | "forbidden"> {
  try {
    await attempt;
    return "done";
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return "forbidden";
    throw error;
  }
}

const mark = { verb: "see", namespace: "prod", group: "example.com", resource: "marks" };

/** The rules bound to jane, with one more by which to tell that the API server has seen them. */
function granted(rules: readonly WrittenRule[], everywhere: boolean): Manifest[] {
  const marked = { verbs: [mark.verb], apiGroups: [mark.group], resources: [mark.resource] };
  const bound = everywhere
    ? clusterRoleBinding("tried", "ClusterRole tried", user("jane"))
    : roleBinding("prod", "tried", "ClusterRole tried", user("jane"));
  return [clusterRole("tried", [...rules, marked]), bound] as Manifest[];
}

async function untilSeen(seen = true): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await review(plane.client, { subject: "jane", ...mark })).allowed !== seen) {
    if (Date.now() > deadline) throw new Error("the API server does not act on its RBAC objects");
    await sleep(20);
  }
}

async function certificateRequest(): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({ name: "CN=bob", keys, signingAlgorithm: algorithm });
  return Buffer.from(request.toString("pem")).toString("base64");
}
