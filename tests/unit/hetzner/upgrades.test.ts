import { expect, test } from "vitest";
import { releaseObjections, releaseWarnings } from "../../../components/cluster/releases.ts";
import type { LiveNode } from "../../../components/cluster/live.ts";
import { hetznerSchema } from "../../../config/hetzner/schema.ts";
import { isSecret, KUBECONFIG, runStack, type Registered } from "../program/stack.ts";

const window = { days: ["sunday"], startTime: "02:00", endTime: "05:00", timeZone: "Europe/Berlin" };
const settings = {
  firewallKubeApiSource: ["203.0.113.0/24"],
  controlPlaneNodepools: [{ name: "cp", serverType: "cx33", location: "fsn1", count: 3 }],
  agentNodepools: [{ name: "arm", serverType: "cax21", location: "fsn1", count: 3 }],
  systemUpgradeScheduleWindow: window,
};
const run = (more: object = {}) =>
  runStack("production", { config: { cluster: { hetzner: { ...settings, ...more } } } });

interface PlanSpec {
  version: string;
  window: object;
  concurrency: number;
  nodeSelector: { matchExpressions: { key: string; operator: string; values?: string[] }[] };
  postCompleteLabels: Record<string, string>;
  tolerations: object[];
  drain?: object;
  cordon?: boolean;
  prepare: { command: string[]; args: string[] };
}

function plans(resources: Registered[]): PlanSpec[] {
  return resources
    .filter(({ type }) => type === "kubernetes:upgrade.cattle.io/v1:Plan")
    .map(({ inputs }) => inputs["spec"] as PlanSpec);
}

function ofUpgrades(resources: Registered[]): Registered[] {
  return resources.filter(({ name }) => name.startsWith("cluster-upgrade-"));
}

function userData(resources: Registered[]): string[] {
  return resources
    .filter(({ type }) => type === "hcloud:index/server:Server")
    .map(({ inputs: { userData: data } }) => String(isSecret(data) ? (data as { value: unknown }).value : data));
}

test("without a window there is no controller", async () => {
  expect(ofUpgrades(await run({ systemUpgradeScheduleWindow: undefined }))).toEqual([]);
});

test("with one it comes when the nodes are ready, and Plans when it knows what they are", async () => {
  const made = ofUpgrades(await run());
  expect(made.map(({ name }) => name.replace("cluster-upgrade-", "")).sort()).toEqual([
    "ClusterRole-system-upgrade-controller",
    "ClusterRoleBinding-system-upgrade-controller",
    "Deployment-system-upgrade-controller",
    "Namespace-system-upgrade",
    "Plan-k3s-agent",
    "Plan-k3s-server",
    "Role-system-upgrade-controller",
    "RoleBinding-system-upgrade-controller",
    "ServiceAccount-system-upgrade",
  ]);
  for (const { provider, name } of made) expect(provider, name).toContain("::cluster-provider::");
  const deployment = made.find(({ name }) => name.includes("-Deployment-"));
  for (const plan of made.filter(({ name }) => name.includes("-Plan-"))) {
    expect(plan.dependencies).toContain(deployment?.urn);
    expect(plan.hooks).toEqual(["cluster-upgrade-plans-known"]);
  }
});

test("its namespace alone is out of Pod Security's reach, and it may not delete what a PodDisruptionBudget keeps", async () => {
  const made = ofUpgrades(await run());
  const [namespace] = made.filter(({ type }) => type.endsWith(":Namespace"));
  expect(namespace?.inputs["metadata"]).toEqual({
    name: "system-upgrade",
    labels: { "pod-security.kubernetes.io/enforce": "privileged" },
  });
  const [role] = made.filter(({ type }) => type.endsWith(":ClusterRole"));
  const rules = role?.inputs["rules"] as { resources: string[]; verbs: string[] }[];
  const verbs = (resource: string) =>
    rules.filter(({ resources }) => resources.includes(resource)).flatMap((r) => r.verbs);
  expect(verbs("pods")).toEqual(["get", "list"]);
  expect(verbs("pods/eviction")).toEqual(["create"]);
  expect(rules.flatMap((rule) => [...rule.resources, ...rule.verbs])).not.toContain("*");
  expect(verbs("secrets")).toEqual([]);
});

test("Plans take one node after the other to the pinned release, in the window, with its checksums", async () => {
  const [agent, server] = plans(await run()) as [PlanSpec, PlanSpec];
  for (const plan of [agent, server]) {
    expect(plan).toMatchObject({
      version: "v1.36.3+k3s1",
      window,
      concurrency: 1,
      drain: { disableEviction: false },
      postCompleteLabels: { "hcloud-postgres/k3s": "$(LATEST_VERSION)" },
      tolerations: [{ operator: "Exists" }],
    });
    expect(plan).not.toHaveProperty("cordon");
    expect(plan.prepare.command.at(-1)).toMatch(/^2f98a9f8[0-9a-f]{56} c9a20910[0-9a-f]{56}$/);
  }
  const roles = [agent, server].map(({ nodeSelector }) => nodeSelector.matchExpressions[0]);
  expect(roles).toEqual([
    { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" },
    { key: "node-role.kubernetes.io/control-plane", operator: "Exists" },
  ]);
  expect(agent.prepare.args).toEqual(["/bin/upgrade.sh", "prepare", "k3s-server"]);
});

test("without a drain nodes are only closed to new pods", async () => {
  for (const plan of plans(await run({ systemUpgradeUseDrain: false }))) {
    expect(plan.cordon).toBe(true);
    expect(plan).not.toHaveProperty("drain");
  }
});

test("another k3s changes the Plans and no running server; a server made with it is not upgraded to it", async () => {
  const later = { k3sVersion: "v1.36.4+k3s1", k3sArtifactSha256: { amd64: "a".repeat(64), arm64: "b".repeat(64) } };
  const [before, after] = [await run(), await run(later)];
  expect(plans(after).map(({ version }) => version)).toEqual(["v1.36.4+k3s1", "v1.36.4+k3s1"]);
  expect(plans(after)[0]?.prepare.command.at(-1)).toBe(`${"a".repeat(64)} ${"b".repeat(64)}`);
  const servers = (resources: Registered[]) =>
    resources
      .filter(({ type }) => type === "hcloud:index/server:Server")
      .map(({ inputs, ignoreChanges }) => ({
        ...inputs,
        ...Object.fromEntries(ignoreChanges.map((key) => [key, ""])),
      }));
  expect(servers(after)).toEqual(servers(before));
  for (const [resources, release] of [
    [before, "v1.36.3-k3s1"],
    [after, "v1.36.4-k3s1"],
  ] as const) {
    for (const data of userData(resources)) expect(data).toContain(`- hcloud-postgres/k3s=${release}\n`);
    for (const { nodeSelector } of plans(resources)) {
      expect(nodeSelector.matchExpressions[1]).toEqual({
        key: "hcloud-postgres/k3s",
        operator: "NotIn",
        values: [release],
      });
    }
  }
});

const nodes = (...versions: (string | undefined)[]): LiveNode[] =>
  versions.map((version, index) => ({ name: String(index), labels: {}, taints: [], podCidrs: [], version }));
const pinned = (k3sVersion: string, more: object = {}) =>
  hetznerSchema.parse({ ...settings, systemUpgradeScheduleWindow: undefined, k3sVersion, ...more });

test.each([
  ["the next patch", "v1.36.10+k3s1", ["v1.36.3+k3s1"], undefined],
  ["the next minor release", "v1.37.0+k3s1", ["v1.36.3+k3s1", "v1.36.3+k3s1"], undefined],
  ["a minor release passed over", "v1.37.0+k3s1", ["v1.36.3+k3s1", "v1.35.9+k3s1"], "a release of v1.36 at most"],
  ["a way back", "v1.36.2+k3s1", ["v1.36.3+k3s1"], "v1.36.3+k3s1 or later"],
  ["a way back by numbers, not letters", "v1.36.9+k3s1", ["v1.36.10+k3s1"], "v1.36.10+k3s1 or later"],
  ["nodes that do not say", "v1.36.9+k3s1", [undefined, ""], undefined],
] as const)("%s: what the nodes are on decides", (_name, version, releases, expected) => {
  const problems = releaseObjections(pinned(version), nodes(...releases));
  expect(problems.map((problem) => problem.expected)).toEqual(
    expected === undefined ? [] : [expect.stringContaining(expected)],
  );
});

test("a release that nothing will bring to the nodes is warned about", () => {
  const behind = nodes("v1.36.3+k3s1", "v1.36.4+k3s1");
  expect(releaseWarnings(pinned("v1.36.4+k3s1"), behind)).toEqual([
    expect.stringContaining("nodes are on k3s v1.36.3+k3s1, and v1.36.4+k3s1 counts for new servers alone"),
  ]);
  expect(releaseWarnings(pinned("v1.36.4+k3s1", { systemUpgradeScheduleWindow: window }), behind)).toEqual([]);
  expect(releaseWarnings(pinned("v1.36.3+k3s1"), behind)).toEqual([]);
});

test("a release that the nodes forbid is refused before anything is registered", async () => {
  const refused = runStack("production", {
    outputs: { clusterUid: "11111111-2222-3333-4444-555555555555", kubeconfig: KUBECONFIG },
    live: { nodes: nodes("v1.37.1+k3s1") },
  });
  await expect(refused).rejects.toThrow("cluster.hetzner.k3sVersion");
});
