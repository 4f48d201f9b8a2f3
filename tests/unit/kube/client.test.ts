import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ApiError, KubeClient, NoKindMatch, Unreachable } from "../../../kube/client.ts";
import { exec } from "../../../kube/exec.ts";
import { issueAll } from "../../../local/node/pki.ts";

const CORE = {
  resources: [
    { name: "pods", kind: "Pod", namespaced: true },
    { name: "pods/status", kind: "Pod", namespaced: true },
    { name: "nodes", kind: "Node", namespaced: false },
  ],
};
const pod = { apiVersion: "v1", kind: "Pod", namespace: "a", name: "b" };

let server: Server;
let client: KubeClient;
let trusted: string;
const seen: { method: string; url: string; body: string }[] = [];

beforeAll(async () => {
  const issued = await issueAll();
  const certificate = { cert: issued["apiserver.crt"], key: issued["apiserver.key"] };
  trusted = Buffer.from(issued["ca.crt"] ?? "").toString("base64");
  server = createServer(certificate, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", body });
      if (request.url === "/silence") return;
      const missing = request.url?.includes("missing") === true;
      response.writeHead(missing ? 404 : 200, { "content-type": "application/json" });
      const answer = request.url === "/api/v1" ? CORE : { kind: "Status" };
      response.end(JSON.stringify(missing ? { reason: "NotFound", message: "there is none" } : answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = clientOf(trusted);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function clientOf(authority: string): KubeClient {
  const { port } = server.address() as AddressInfo;
  const address = { server: `https://127.0.0.1:${String(port)}`, "certificate-authority-data": authority };
  return new KubeClient(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: address }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  );
}

test("what a delete asks for reaches the server", async () => {
  await client.delete(pod, { gracePeriodSeconds: 0 });
  const { method, url, body } = seen.at(-1) ?? { body: "{}" };
  expect([method, url]).toEqual(["DELETE", "/api/v1/namespaces/a/pods/b"]);
  expect(JSON.parse(body)).toMatchObject({ kind: "DeleteOptions", gracePeriodSeconds: 0 });
});

test("paths come from the server's discovery", async () => {
  expect(await client.path({ apiVersion: "v1", kind: "Node", name: "n" })).toBe("/api/v1/nodes/n");
  expect(await client.path({ apiVersion: "v1", kind: "Pod" })).toBe("/api/v1/pods");
  await expect(client.path({ apiVersion: "v1", kind: "Nope", name: "n" })).rejects.toThrow(NoKindMatch);
  await expect(client.path({ apiVersion: "v1", kind: "Pod", name: "b" })).rejects.toThrow("lives in a namespace");
});

test("what is not there is undefined to a get, and an error with its reason to a request", async () => {
  expect(await client.get({ ...pod, name: "missing" })).toBeUndefined();
  await expect(client.request("GET", "/missing")).rejects.toThrow(ApiError);
  await expect(client.request("GET", "/missing")).rejects.toMatchObject({ status: 404, reason: "NotFound" });
});

test("silence ends after the time given", async () => {
  await expect(client.request("GET", "/silence", { timeout: 200 })).rejects.toThrow("no answer within 0.2 s");
});

test("a server of another authority is not spoken to", async () => {
  const { "ca.crt": other } = await issueAll();
  const stranger = clientOf(Buffer.from(other ?? "").toString("base64"));
  const before = seen.length;
  await expect(stranger.request("GET", "/api/v1")).rejects.toThrow(Unreachable);
  expect(seen.length).toBe(before);
});

test("what is no kubeconfig says so", () => {
  expect(() => new KubeClient("garbage")).toThrow("kubeconfig: it has no current context");
  expect(() => new KubeClient("current-context: gone")).toThrow('kubeconfig: context "gone" names no cluster');
});

test("a client whose signal is aborted gives up what is under way and asks nothing more, whoever it acts as", async () => {
  const end = new AbortController();
  const ending = client.until(end.signal);
  const underWay = ending.request("GET", "/silence");
  await vi.waitUntil(() => seen.at(-1)?.url === "/silence");
  end.abort();
  await expect(underWay).rejects.toThrow(Unreachable);
  const before = seen.length;
  for (const each of [ending, ending.actingAs("somebody"), ending.withToken("t")]) {
    await expect(each.request("GET", "/api/v1")).rejects.toThrow(/GET \S+\/api\/v1: .*abort/);
    await expect(exec(each, { namespace: "a", pod: "b", container: "c" }, ["true"])).rejects.toThrow("abort");
  }
  expect(seen.length).toBe(before);
  expect(await client.path(pod)).toBe("/api/v1/namespaces/a/pods/b");
});
