import { describe, expect, test } from "vitest";
import { refusals } from "../../../components/adoption/sessions.ts";
import { judgeSessions, objectsOf, type Session } from "../../../policy/analysis/index.ts";

const namespace = "production";
const pod = (name: string, ip: string, labels: object, more: object = {}) => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { namespace, name, labels } },
  ...{ spec: { containers: [], ...more }, status: { phase: "Running", podIP: ip, podIPs: [{ ip }] } },
});
const instance = { "cnpg.io/cluster": "pg", "cnpg.io/podRole": "instance" };
const toInstances = (name: string, from: object[]) => ({
  ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace, name } },
  spec: {
    podSelector: { matchLabels: instance },
    policyTypes: ["Ingress"],
    ingress: [{ from, ports: [{ protocol: "TCP", port: 5432 }] }],
  },
});
const objects = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  {
    ...{ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { namespace, name: "pg" } },
    spec: {
      ...{ instances: 2, imageName: "postgresql:17.5" },
      podSelectorRefs: [{ name: "app", selector: { matchLabels: { app: "myapp" } } }],
      postgresql: {
        pg_hba: [
          "hostssl app app_user ${podselector:app} scram-sha-256",
          "hostssl app office 203.0.113.0/24 scram-sha-256",
          "host all all all reject",
        ],
      },
    },
  },
  toInstances("allow-app-to-pg", [{ podSelector: { matchLabels: { app: "myapp" } } }]),
  toInstances("peers", [{ podSelector: { matchLabels: { "cnpg.io/cluster": "pg" } } }]),
  toInstances("office", [{ ipBlock: { cidr: "203.0.113.0/24" } }]),
  pod("pg-1", "10.0.0.1", instance),
  pod("pg-2", "10.0.0.2", instance),
  pod("myapp", "10.0.0.7", { app: "myapp" }),
  pod("legacy", "10.0.0.8", { app: "legacy" }),
  pod("agent", "192.168.0.4", { app: "agent" }, { hostNetwork: true }),
];

const session = (over: Partial<Session> = {}): Session => ({
  ...{ user: "app_user", database: "app", address: "10.0.0.7", ssl: true, replication: false, instance: "pg-1" },
  ...over,
});
const judged = (...sessions: Session[]) =>
  judgeSessions(objectsOf(objects, []), { namespace, name: "pg" }, sessions, "k3s", []);
const words = (...sessions: Session[]) => refusals(judged(...sessions));

test.each([
  ["the client over TLS", session()],
  ["replication", session({ user: "streaming_replica", database: "", replication: true, address: "10.0.0.2" })],
  ["an approved range", session({ user: "office", address: "203.0.113.9" })],
])("%s stays in", (_who, one) => {
  expect(judged(one)[0]).toMatchObject({ network: { allowed: true }, admits: true });
  expect(words(one)).toEqual([]);
});

describe("who would be turned away, where, and by what", () => {
  test.each([
    [
      "another pod: at both layers",
      session({ address: "10.0.0.8" }),
      "app_user@app from 10.0.0.8 (production/legacy), TLS: closed by NetworkPolicy production/allow-app-to-pg, " +
        "NetworkPolicy production/office, NetworkPolicy production/peers; turned away by pg_hba",
    ],
    [
      "the client without TLS: by pg_hba alone",
      session({ ssl: false }),
      "app_user@app from 10.0.0.7 (production/myapp), plain: turned away by pg_hba",
    ],
    [
      "the client as another role",
      session({ user: "postgres", database: "postgres" }),
      "postgres@postgres from 10.0.0.7 (production/myapp), TLS: turned away by pg_hba",
    ],
    [
      "a forwarded port: no policy sees it",
      session({ address: "127.0.0.1" }),
      "app_user@app from 127.0.0.1 (no pod), TLS: turned away by pg_hba",
    ],
    [
      "a pod of the host network: as its node",
      session({ address: "192.168.0.4" }),
      "app_user@app from 192.168.0.4 (production/agent), TLS: closed by NetworkPolicy production/allow-app-to-pg, " +
        "NetworkPolicy production/office, NetworkPolicy production/peers; turned away by pg_hba",
    ],
  ])("%s", (_who, one, said) => {
    expect(words(one)).toEqual([said]);
  });

  test("sessions that are alike are one line, and those that differ are not", () => {
    const alike = session({ ssl: false });
    expect(words(alike, { ...alike, instance: "pg-2" }, session({ ssl: false, user: "other" }))).toEqual([
      "app_user@app from 10.0.0.7 (production/myapp), plain: turned away by pg_hba (2 sessions)",
      "other@app from 10.0.0.7 (production/myapp), plain: turned away by pg_hba",
    ]);
  });

  test("an instance that is not there leaves it undecided", () => {
    expect(words(session({ instance: "pg-9" }))).toEqual([
      "app_user@app from 10.0.0.7 (production/myapp), TLS: undecided by the network",
    ]);
  });
});

test("without the Cluster there is no verdict", () => {
  expect(() => judgeSessions([], { namespace, name: "pg" }, [], "k3s", [])).toThrow("no Cluster production/pg");
});
