import { dump, loadAll } from "js-yaml";
import type { Json } from "../../../policy/analysis/index.ts";
import { isObject } from "../../../policy/analysis/json.ts";
import { repaired } from "../stacks/chapter.ts";
import { foreign } from "../foreign.ts";
import { pods } from "../network/lab.ts";
import type { Random } from "../random.ts";
import { anyBytes, deformed, mangled } from "./deform.ts";

const powers = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: edit, labels: { aggregate: "true" } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { aggregate: "true" } }] }
rules: [{ apiGroups: ["*"], resources: ["*/exec"], verbs: ["*"] }, { nonResourceURLs: ["/*"], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: edit }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: Group, name: "system:serviceaccounts" }, { kind: User, name: jane }]
`;
const documents = loadAll([...Object.values(repaired), pods, foreign, powers].join("\n---\n")) as readonly Json[];

const connections: Json = [
  { ssl: true, replication: "database", database: "app", user: "app_user", roles: ["staff"], address: "10.0.0.5" },
  { user: "jane", address: null, hostname: "host.example", gss: false, roles: null },
];

const questions: Json = [
  {
    subject: "system:serviceaccount:production:myapp",
    verb: "get",
    group: "",
    resource: "secrets",
    namespace: "production",
  },
  { subject: "jane", groups: ["staff"], verb: "create", resource: "pods", subresource: "exec", name: "x" },
  { subject: "group:staff", verb: "get", url: "/metrics" },
];

/** Manifests, previews or states that somebody has spoilt. */
export function manifests(random: Random): Buffer {
  const some = random
    .some(documents, 1, documents.length)
    .map((one) => (random.chance(0.5) ? deformed(one, random) : one));
  const shape = random.pick(["documents", "documents", "list", "preview", "state"]);
  const resources = () =>
    some.map((inputs) => ({
      type: "kubernetes:x:Y",
      op: "create",
      inputs,
      newState: { type: "kubernetes:x:Y", inputs },
    }));
  switch (shape) {
    case "documents":
      return spoilt(some.map((one) => yaml(one, random)).join("---\n"), random);
    case "list":
      return spoilt(JSON.stringify({ apiVersion: "v1", kind: "List", items: some }), random);
    case "preview":
      return spoilt(JSON.stringify(deformed({ steps: resources() }, random)), random);
    case "state":
      return spoilt(JSON.stringify(deformed({ deployment: { resources: resources() } }, random)), random);
  }
  return anyBytes(random);
}

export function probes(random: Random): Buffer {
  return spoilt(JSON.stringify(deformed(connections, random)), random);
}

export function questionsFile(random: Random): Buffer {
  return spoilt(JSON.stringify(deformed(questions, random)), random);
}

/** A document as YAML; now and then one with aliases, which may stand for a little or for more than could ever be read. */
function yaml(document: Json, random: Random): string {
  if (random.chance(0.7)) return dump(document, { noRefs: true });
  return dump(tied(document, knot(random), random));
}

/** A value in which the same value stands many times over; written out it may be as long as you like. */
function knot(random: Random): Json {
  const width = random.pick([1, 2, 10, 40]);
  let value = random.pick<Json>(["a", ["a"], { a: "b" }, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"]);
  for (let level = random.between(1, 10); level > 0; level--) {
    const shared = value;
    value = random.chance(0.5)
      ? Array.from({ length: width }, () => shared)
      : Object.fromEntries(Array.from({ length: width }, (_, index) => [`k${String(index)}`, shared]));
  }
  return value;
}

/** The same value with others of its nodes tied to the same knot. */
function tied(value: Json, shared: Json, random: Random): Json {
  if (random.chance(0.1)) return shared;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => tied(item, shared, random));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, tied(field, shared, random)]));
}

function spoilt(text: string, random: Random): Buffer {
  if (random.chance(0.05)) return anyBytes(random);
  return Buffer.from(random.chance(0.7) ? mangled(text, random) : text);
}
