import { expect, test } from "vitest";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { readPod } from "../../../policy/analysis/network/read-pod.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import { answer, policy } from "./lab.ts";

const template = "template: { metadata: { labels: { app: own } }, spec: { containers: [{ name: c }] } }";
const workload = (kind: string, spec = template, apiVersion = "apps/v1", metadata = "name: own") =>
  `\n---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata}, namespace: production }\nspec: { ${spec} }\n`;

const statefulSet = workload("StatefulSet");
const daemonSet = workload("DaemonSet");
const deployment = workload("Deployment");
const replicaSet = workload("ReplicaSet");
const job = workload("Job", template, "batch/v1");
const indexedJob = workload("Job", `completionMode: Indexed, ${template}`, "batch/v1");
const manualJob = workload("Job", `manualSelector: true, ${template}`, "batch/v1");
const generatedJob = workload("Job", template, "batch/v1", "generateName: own-");
const cronJob = workload("CronJob", `jobTemplate: { spec: { ${template} } }`, "batch/v1");

/** The labels that a workload's pods wear with the values that are known, and the others. */
const worn = (manifest: string) => {
  const [labels] = parseManifests(manifest, "w.yaml").objects.map((object) => readPod(object)?.labels);
  return [Object.keys(labels?.values ?? {}), [...(labels?.hidden ?? [])]].map((keys) => keys.sort());
};
const jobNames = ["batch.kubernetes.io/job-name", "job-name"];
const jobIds = ["batch.kubernetes.io/controller-uid", "controller-uid"];

// As Kubernetes 1.36 sets them: pkg/controller (statefulset, daemon, deployment, job) and pkg/registry/batch/job.
test.each<[string, string, readonly string[], readonly string[]]>([
  [
    "StatefulSet",
    statefulSet,
    ["app"],
    ["apps.kubernetes.io/pod-index", "controller-revision-hash", "statefulset.kubernetes.io/pod-name"],
  ],
  ["DaemonSet", daemonSet, ["app"], ["controller-revision-hash", "pod-template-generation"]],
  ["Deployment", deployment, ["app"], ["pod-template-hash"]],
  ["ReplicaSet", replicaSet, ["app"], []],
  ["Job", job, ["app", ...jobNames], jobIds],
  ["indexed Job", indexedJob, ["app", ...jobNames], [...jobIds, "batch.kubernetes.io/job-completion-index"]],
  ["Job with a selector of its own", manualJob, ["app"], []],
  ["Job that is still to be named", generatedJob, ["app"], [...jobNames, ...jobIds]],
  ["CronJob", cronJob, ["app"], [...jobNames, ...jobIds]],
  ["something else", workload("Deployment", template, "example.com/v1"), ["app"], []],
])("the pods of a %s wear more than their template shows", (_kind, manifest, values, hidden) => {
  expect(worn(manifest)).toEqual([[...values].sort(), [...hidden].sort()]);
});

const admits = (expression: string) =>
  policy(`ingress: [{ from: [{ podSelector: { matchExpressions: [{ ${expression} }] } }] }]`);
const allowed = (manifests: string, expression: string) =>
  answer(manifests + admits(expression), { from: "production/own" }).allowed;

test.each<[string, string, string, boolean | null]>([
  ["a pod's name", statefulSet, "key: statefulset.kubernetes.io/pod-name, operator: In, values: [own-0]", null],
  [
    "a pod's name that is not wanted",
    statefulSet,
    "key: statefulset.kubernetes.io/pod-name, operator: NotIn, values: [own-0]",
    null,
  ],
  ["that there is a name", statefulSet, "key: statefulset.kubernetes.io/pod-name, operator: Exists", true],
  ["that there is none", statefulSet, "key: statefulset.kubernetes.io/pod-name, operator: DoesNotExist", false],
  ["the job of a CronJob", cronJob, "key: job-name, operator: Exists", true],
  ["one job of a CronJob", cronJob, "key: job-name, operator: In, values: [own-1]", null],
  ["a Job by its name", job, "key: job-name, operator: In, values: [own]", true],
  ["another Job", job, "key: job-name, operator: In, values: [other]", false],
  ["a label that nobody sets", deployment, "key: other, operator: In, values: [x]", false],
])("a peer that asks for %s", (_case, manifest, expression, expected) => {
  expect(allowed(manifest, expression)).toBe(expected);
});

test("a policy that may select some pods of a template leaves them undecided", () => {
  const one = policy("ingress: []").replace("cnpg.io/cluster: pg", "statefulset.kubernetes.io/pod-name: own-0");
  expect(answer(statefulSet + one, { from: "production/stranger", to: "production/own" }).allowed).toBe(null);
  const world = readWorld(parseManifests(statefulSet, "w.yaml").objects, []);
  expect(world.pods).toHaveLength(1);
});

const inZone = "key: topology.kubernetes.io/zone, operator: In, values: [fsn1]";
const bound = `
---
apiVersion: v1
kind: Pod
metadata: { name: own, namespace: production, labels: { topology.kubernetes.io/zone: fsn1 } }
spec: { containers: [{ name: c }] }
`;

test.each<[string, string, string, boolean | null]>([
  ["a zone, of a template", deployment, inZone, null],
  ["no zone, of a template", deployment, "key: topology.kubernetes.io/zone, operator: DoesNotExist", null],
  ["a zone that a template claims", deployment.replace("app: own", "topology.kubernetes.io/zone: fsn1"), inZone, null],
  ["a zone, of a pod that is not bound yet", bound, inZone, null],
  ["a zone, of a pod that is", `${bound}status: { podIP: 10.244.0.9 }`, inZone, true],
  ["another zone, of a pod that is", `${bound}status: { podIP: 10.244.0.9 }`, inZone.replace("fsn1", "nbg1"), false],
])("a peer that asks for %s", (_case, manifest, expression, expected) => {
  expect(allowed(manifest, expression)).toBe(expected);
});
