import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { untilApiServerReady } from "../../components/cluster/hetzner/ready.ts";
import { upgradeController } from "../../components/cluster/hetzner/upgradeController.ts";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { freePorts } from "../freePorts.ts";
import { startControlPlane, type ControlPlane } from "./controlPlane.ts";
import { rendered, type Rendered } from "./presets.ts";

// A real kube-apiserver with what the first server of a preset gets.
let controlPlane: ControlPlane;
let ours: Rendered;
let foreign: Rendered;
let port: number;

beforeAll(async () => {
  ours = await rendered("examples/hetzner-small");
  foreign = await rendered("examples/hetzner-small");
  const [data = ""] = ours.userData.values();
  [port = 0] = await freePorts(1);
  controlPlane = await startControlPlane(data, "127.0.0.1", port);
});
afterAll(() => controlPlane.stop());

/** The rendered kubeconfig, pointed at this machine. */
function client({ kubeconfig }: Rendered): KubeClient {
  return new KubeClient(kubeconfig.replace(/https:\/\/[^\s]+:6443/, `https://127.0.0.1:${String(port)}`));
}

function pod(namespace: string): KubeObject {
  const containers = [{ name: "x", image: "x", securityContext: { privileged: true } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "privileged", namespace },
    spec: { hostNetwork: true, containers },
  };
}

test("the gate opens for the rendered kubeconfig, whose user may do everything", async () => {
  await untilApiServerReady(client(ours), { name: "small-server-1", seconds: 120, interval: 200 }).catch(
    (error: unknown) => {
      throw new Error(controlPlane.log(), { cause: error });
    },
  );
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb: "*", group: "*", resource: "*" } },
  };
  const answer = await client(ours).request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    body: review,
  });
  expect(answer).toMatchObject({ status: { allowed: true } });
});

test("a kubeconfig of another CA does not trust this server, and the gate says so", async () => {
  const gate = untilApiServerReady(client(foreign), { name: "small-server-1", seconds: 1, interval: 200 });
  await expect(gate).rejects.toThrow(/small-server-1 .*is not ready after 1 s[^]*another cluster answers there/);
});

test("a client certificate of another CA is not let in", async () => {
  const { users } = parse(foreign.kubeconfig) as { users: unknown };
  const mixed = JSON.stringify({ ...(parse(client(ours).config.exportConfig()) as object), users });
  await expect(new KubeClient(mixed).request("GET", "/api/v1/nodes")).rejects.toThrow(/Unauthorized/);
});

test("a server that nobody runs is told from one that has another CA", async () => {
  const [unused] = await freePorts(1);
  const nowhere = new KubeClient(
    ours.kubeconfig.replace(/https:\/\/[^\s]+:6443/, `https://127.0.0.1:${String(unused)}`),
  );
  const gate = untilApiServerReady(nowhere, { name: "small-server-1", seconds: 1, interval: 200 });
  await expect(gate).rejects.toThrow(/ECONNREFUSED[^]*the server is up and k3s is not/);
});

test("Pod Security holds everywhere but in the exempt namespace", async () => {
  const kube = client(ours);
  for (const name of ["default", "kube-system"]) {
    await kube
      .create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } })
      .catch(() => undefined);
  }
  await expect(kube.create(pod("default"), { dryRun: true })).rejects.toThrow(/violates PodSecurity "restricted/);
  expect((await kube.create(pod("kube-system"), { dryRun: true })).kind).toBe("Pod");
});

test("the upgrade controller is accepted, and its namespace alone takes jobs that act on the host", async () => {
  const kube = client(ours);
  for (const object of upgradeController()) expect((await kube.create(object)).kind).toBe(object.kind);
  await kube.create({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: "system-upgrade" },
  });
  expect((await kube.create(pod("system-upgrade"), { dryRun: true })).kind).toBe("Pod");
  const drainer = "system:serviceaccount:system-upgrade:system-upgrade";
  const may = async (verb: string, resource: string, subresource?: string) => {
    const spec = { user: drainer, resourceAttributes: { verb, resource, subresource, namespace: "production" } };
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
    const answer = await kube.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", { body });
    return (answer as { status: { allowed: boolean } }).status.allowed;
  };
  expect(await may("create", "pods", "eviction")).toBe(true);
  expect(await may("delete", "pods")).toBe(false);
  expect(await may("get", "secrets")).toBe(false);
});

test("the cloud controller's manifest is accepted, and what was done is in the audit log, without contents", async () => {
  const kube = client(ours);
  const path = controlPlane.at("/var/lib/rancher/k3s/server/manifests/hcloud-cloud-controller.yaml");
  for (const document of readFileSync(path, "utf8").split(/^---$/m)) {
    const object = parse(document) as KubeObject;
    expect((await kube.create(object)).kind).toBe(object.kind);
  }
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "default" },
    stringData: { k: "not-in-the-log" },
  };
  await kube.create(secret);
  const log = readFileSync(controlPlane.at("/var/lib/rancher/k3s/server/logs/audit.log"), "utf8");
  expect(log).toContain('"resource":"secrets"');
  expect(log).toContain("hcloud-postgres-admin");
  expect(log).not.toContain(Buffer.from("not-in-the-log").toString("base64"));
});
