import { describe, expect, test } from "vitest";
import { canAll, parseManifests, reach, readWorld, type Json } from "../../../policy/analysis/index.ts";

interface Body {
  readonly [key: string]: Json;
  readonly apiVersion: string;
  readonly kind: string;
}

const step = (type: string, inputs: Json) => ({ op: "create", newState: { type, inputs } });
const whole = (body: Body) => step(`kubernetes:${grouped(body)}:${body.kind}`, body);
const patch = (body: Body) => step(`kubernetes:${grouped(body)}:${body.kind}Patch`, body);
const grouped = ({ apiVersion }: Body) => (apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`);

/** What is in force after a preview. */
function inForce(...steps: readonly Json[]) {
  return parseManifests(JSON.stringify({ steps }), "preview.json");
}

function bodies(...steps: readonly Json[]): Json[] {
  return inForce(...steps).objects.map(({ body }) => body);
}

const policy = (more: Readonly<Record<string, Json>> = {}, metadata: Readonly<Record<string, Json>> = {}): Body => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "pg", namespace: "production", ...metadata },
  ...more,
});
const pod = (name: string, labels: Readonly<Record<string, string>> = {}): Body => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "production", labels },
  spec: { containers: [{ name: "main" }] },
});
const role = (more: Readonly<Record<string, Json>> = {}, metadata: Readonly<Record<string, Json>> = {}): Body => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "r", namespace: "production", ...metadata },
  ...more,
});
const subjects: Json = [{ kind: "User", name: "jane" }];
const bindingOf = (more: Readonly<Record<string, Json>>): Body => ({ ...role(more), kind: "RoleBinding" });
const binding = bindingOf({ roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" }, subjects });
const readSecrets = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];

const canRead = (...steps: readonly Json[]) =>
  canAll(inForce(...steps).objects, [{ subject: "jane", verb: "get", resource: "secrets", namespace: "production" }])[0]
    ?.allowed;

/** Whether the client reaches the database. */
function reached(steps: readonly Json[], client: Json = whole(pod("client"))) {
  const { objects } = inForce(whole(pod("pg", { app: "pg" })), client, ...steps);
  const rows = reach(readWorld(objects, []), [{ number: 5432, protocol: "TCP" }], "standard");
  return rows.find(({ from }) => from === "production/client")?.allowed;
}

describe("a patch goes over the object that it names", () => {
  const open = policy({ spec: { podSelector: { matchLabels: { app: "pg" } }, ingress: [{}] } });
  const label = policy({}, { labels: { a: "b" } });

  test("and leaves what it does not set, before the object or after it", () => {
    expect(reached([whole(open), patch(label)])).toBe(true);
    expect(reached([patch(label), whole(open)])).toBe(true);
    expect(canRead(whole(role({ rules: readSecrets })), whole(binding), patch(role({}, { labels: { a: "b" } })))).toBe(
      true,
    );
  });

  test("and of an object given twice over the last one", () => {
    const closed = policy({ spec: { podSelector: {} } });
    const { objects } = inForce(whole(closed), patch(label), whole(open));
    expect(objects.map(({ labels, body }) => [labels, body["spec"]])).toEqual([[{ a: "b" }, open["spec"]]]);
  });

  test("lists and selectors are replaced, other mappings merged", () => {
    const narrow = { podSelector: { matchLabels: { tier: "db" } }, ingress: [{ from: [{ podSelector: {} }] }] };
    const [merged] = bodies(
      whole({ ...open, metadata: { name: "pg", namespace: "production", labels: { a: "a", b: "b" } } }),
      patch(policy({ spec: narrow }, { labels: { b: "c" } })),
    );
    expect(merged).toEqual(policy({ spec: narrow }, { labels: { a: "a", b: "c" } }));
  });

  test("containers and their ports are told apart by what they are merged by", () => {
    const deployment = (containers: Json): Body => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d", namespace: "production" },
      spec: { template: { spec: { containers } } },
    });
    const before = [
      { name: "a", image: "one", ports: [{ containerPort: 1, name: "x" }, { containerPort: 2 }] },
      { name: "b" },
    ];
    const set = [{ name: "a", image: "two", ports: [{ containerPort: 1, protocol: "TCP", name: "y" }] }, { name: "c" }];
    expect(bodies(whole(deployment(before)), patch(deployment(set)))).toEqual([
      deployment([
        {
          name: "a",
          image: "two",
          ports: [{ containerPort: 1, protocol: "TCP", name: "y" }, { containerPort: 2 }],
        },
        { name: "b" },
        { name: "c" },
      ]),
    ]);
  });
});

describe("of an object that is not there, what its patch does not set is not known", () => {
  test.each<[string, Body, boolean | null]>([
    ["a label", policy({}, { labels: { a: "b" } }), null],
    ["rules", policy({ spec: { ingress: [{ from: [{ podSelector: {} }] }] } }), null],
    ["a selector of other pods", policy({ spec: { podSelector: { matchLabels: { app: "x" } } } }), true],
    ["everything", policy({ spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [], egress: [] } }), false],
  ])("a policy of which only this is set: %s", (_case, body, allowed) => {
    expect(reached([patch(body)])).toBe(allowed);
  });

  test.each<[string, Body, Body, boolean | null]>([
    ["a label of a Role", role({}, { labels: { a: "b" } }), binding, null],
    ["the rules of a Role", role({ rules: readSecrets }), binding, true],
    ["no rules of a Role", role({ rules: [] }), binding, false],
    ["the subjects of a binding", bindingOf({ subjects }), role({ rules: [] }), null],
  ])("RBAC of which only this is set: %s", (_case, body, other, allowed) => {
    expect(canRead(whole(other), patch(body))).toBe(allowed);
  });

  test("a namespace may wear more labels, and a pod too", () => {
    const from = (peer: Json) =>
      whole(policy({ spec: { podSelector: { matchLabels: { app: "pg" } }, ingress: [{ from: [peer] }] } }));
    const namespace: Body = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "production", labels: { a: "b" } },
    };
    const selecting = (labels: Json) => from({ namespaceSelector: { matchLabels: labels } });
    expect(reached([selecting({ a: "b" }), patch(namespace)])).toBe(true);
    expect(reached([selecting({ other: "c" }), patch(namespace)])).toBe(null);
    expect(reached([selecting({ other: "c" }), whole(namespace)])).toBe(false);
    const tier = from({ podSelector: { matchLabels: { tier: "web" } } });
    expect(reached([tier])).toBe(false);
    expect(reached([tier], patch(pod("client")))).toBe(null);
    // It may be one of the host network, which no selector admits for certain.
    expect(reached([from({ podSelector: {} })], patch(pod("client")))).toBe(null);
  });
});
