import { dump, loadAll } from "js-yaml";
import type { Json } from "../../../policy/analysis/index.ts";
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
      return spoilt(some.map((one) => dump(one, { noRefs: true })).join("---\n"), random);
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

function spoilt(text: string, random: Random): Buffer {
  if (random.chance(0.05)) return anyBytes(random);
  return Buffer.from(random.chance(0.7) ? mangled(text, random) : text);
}
