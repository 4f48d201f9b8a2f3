import { describe, expect, test } from "vitest";
import type { Rule } from "../../../../policy/rules/rule.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noHostNetwork } from "../../../../policy/rules/operator/no-host-network.ts";
import { podSecurityLabels } from "../../../../policy/rules/operator/pod-security-labels.ts";
import { releaseOpaque } from "../../../../policy/rules/operator/release-opaque.ts";
import { findings, manifests, resource } from "../lab.ts";

const cluster = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec: { instances: 3 }
---
`;
const judged = (rule: Rule, yaml: string, parameters = {}) => findings(rule, cluster + yaml, parameters);

describe("Pod Security", () => {
  const namespace = (labels: string, name = "production") =>
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${labels} } }\n`;
  const enforce = (level: string) => namespace(`pod-security.kubernetes.io/enforce: ${level}`);

  test.each([
    [enforce("restricted")],
    // Namespaces without a database, and those that somebody else makes, are not this rule's.
    [namespace("", "monitoring")],
    [""],
  ])("is enforced %#", (yaml) => {
    expect(judged(podSecurityLabels, yaml)).toEqual([]);
  });

  test.each([
    [namespace("app.kubernetes.io/name: pg"), "pod-security.kubernetes.io/enforce is missing"],
    // To warn is not to refuse: kubernetes.io, "Enforce Pod Security Standards with Namespace Labels".
    [namespace("pod-security.kubernetes.io/warn: restricted"), "is missing"],
    [enforce("baseline"), 'is "baseline"'],
    [enforce("privileged"), 'is "privileged"'],
    [enforce(`"${unknownValue}"`), "pod-security.kubernetes.io/enforce is"],
  ])("is missed in %j", (yaml, message) => {
    expect(judged(podSecurityLabels, yaml)).toEqual([expect.stringContaining(message)]);
  });

  test("a team may be content with less, and a patch may give the label", () => {
    expect(judged(podSecurityLabels, enforce("baseline"), { level: "baseline" })).toEqual([]);
    const patch = resource("kubernetes:core/v1:NamespacePatch", {
      metadata: { name: "production", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    expect(findings(podSecurityLabels, [...manifests(cluster + namespace("")), patch])).toEqual([]);
  });

  test("a patch of somebody else's namespace may leave the label alone, but not weaken it", () => {
    const patch = (labels: Record<string, string>) =>
      resource("kubernetes:core/v1:NamespacePatch", { metadata: { name: "production", labels } });
    const patched = (labels: Record<string, string>) =>
      findings(podSecurityLabels, [...manifests(cluster), patch(labels)]);
    expect(patched({ team: "a" })).toEqual([]);
    expect(patched({ "pod-security.kubernetes.io/enforce": "privileged" })).toHaveLength(1);
    expect(findings(podSecurityLabels, [...manifests(cluster + namespace("")), patch({ team: "a" })])).toHaveLength(1);
  });
});

describe("the host's network", () => {
  const pod = "hostNetwork: true, containers: [{ name: c, image: i }]";
  const workload = (kind: string, spec: string, namespace = "production") =>
    `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: w, namespace: ${namespace} }\nspec: ${spec}\n`;

  test.each([
    [workload("Deployment", "{ template: { spec: { containers: [] } } }")],
    [workload("Deployment", "{ template: { spec: { hostNetwork: false } } }")],
    // node_exporter, as prometheus-community/helm-charts runs it: charts/prometheus-node-exporter.
    [workload("DaemonSet", `{ template: { spec: { ${pod} } } }`, "monitoring")],
  ])("is left alone %#", (yaml) => {
    expect(judged(noHostNetwork, yaml)).toEqual([]);
  });

  test.each([
    [workload("Pod", `{ ${pod} }`)],
    [workload("DaemonSet", `{ template: { spec: { ${pod} } } }`)],
    [workload("CronJob", `{ jobTemplate: { spec: { template: { spec: { ${pod} } } } } }`)],
    [workload("Pooler", "{ template: { spec: { hostNetwork: true } } }")],
    [workload("Deployment", `{ template: { spec: { hostNetwork: "${unknownValue}" } } }`)],
  ])("is used %#", (yaml) => {
    expect(judged(noHostNetwork, yaml)).toHaveLength(1);
  });

  test("an exemption is the list of those who may", () => {
    const exemptions = [{ namespace: "production", reason: "reads the node's counters" }];
    const yaml = workload("DaemonSet", `{ template: { spec: { ${pod} } } }`);
    expect(judged(noHostNetwork, yaml, { exemptions })).toEqual([]);
  });
});

describe("Helm releases", () => {
  const release = (chart: string, namespace: string, repo: string) =>
    resource("kubernetes:helm.sh/v3:Release", { chart, namespace, repositoryOpts: { repo } });
  const cnpg = "https://cloudnative-pg.github.io/charts";
  const opaque = (one: ReturnType<typeof release>) => findings(releaseOpaque, [...manifests(cluster), one]);

  test("are no matter where there is no database", () => {
    expect(opaque(release("cilium", "kube-system", "https://helm.cilium.io"))).toEqual([]);
  });
  test("that k3s makes are as opaque", () => {
    const chart = (targetNamespace: string) =>
      resource("kubernetes:helm.cattle.io/v1:HelmChart", {
        metadata: { name: "redis", namespace: "kube-system" },
        spec: { chart: "redis", targetNamespace },
      });
    expect(opaque(chart("production"))).toHaveLength(1);
    expect(opaque(chart("cache"))).toEqual([]);
  });
  test.each([
    [release("cloudnative-pg", "cnpg-system", cnpg), "the operator is judged by"],
    [release("cluster", "elsewhere", cnpg), "the Cluster in it is judged by no rule"],
    [release("redis", "production", "https://charts.bitnami.com/bitnami"), "what it puts into production"],
  ])("hide what they make %#", (one, message) => {
    expect(opaque(one)).toEqual([expect.stringContaining(message)]);
  });
});
