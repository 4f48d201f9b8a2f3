import { expect, test } from "vitest";
import { HCLOUD_TOKEN, KUBECONFIG, runStack } from "../../program/stack.ts";
import { accepts, type Refused, refuses, server, valid, workers } from "./settings.ts";

refuses([
  ...[
    "https://api.example.com",
    "*.example.com",
    "api.example.com:6443",
    "a b",
    "-a",
    "10.0.0.256",
    "a..b",
    "",
  ].flatMap((name): Refused[] => [
    [
      `${name} in the certificate`,
      { additionalTlsSans: [name] },
      ["additionalTlsSans[0]", "a host name or an address"],
    ],
    [`${name} in the kubeconfig`, { kubeconfigServerAddress: name }, ["kubeconfigServerAddress", "IPv4 address"]],
  ]),
  ["an IPv6 address in the kubeconfig", { kubeconfigServerAddress: "2001:db8::1" }, ["servers have no IPv6"]],
  ["a pool that is not there", { databaseNodepool: "postgres" }, ["databaseNodepool", "control-plane, workers"]],
  [
    "volumes below Hetzner's least",
    { databaseStorage: "volumes" },
    ["database.storage.walSize (5Gi) of at least 10Gi"],
  ],
  ["volumes without their driver", { databaseStorage: "volumes", enableHetznerCsi: false }, ["enableHetznerCsi"]],
  [
    "upgrades beyond midnight",
    { systemUpgradeScheduleWindow: { startTime: "22:00", endTime: "02:00" } },
    ['systemUpgradeScheduleWindow.endTime: got "02:00"', "beyond midnight", "23:59"],
  ],
  [
    "upgrades at no hour of the clock",
    { systemUpgradeScheduleWindow: { startTime: "2am", endTime: "24:00", days: ["Sunday"], timeZone: "Berlin" } },
    ['a time of day like "02:30"', "endTime", '"sunday"', 'a time zone like "Europe/Berlin"'],
  ],
  ["half a window", { systemUpgradeScheduleWindow: { startTime: "02:00" } }, ["endTime: got nothing"]],
  ["upgrades without a window", { systemUpgradeUseDrain: false }, ["without systemUpgradeScheduleWindow"]],
  [
    "a drain of the database's only server",
    {
      agentNodepools: [{ ...workers, count: 1 }],
      systemUpgradeScheduleWindow: { startTime: "02:00", endTime: "05:00" },
    },
    ["systemUpgradeUseDrain: got true", "wait for ever for the only server"],
  ],
  [
    "a snapshot for several control planes",
    {
      restoreSnapshot: "etcd-1",
      etcdS3Backup: { endpoint: "s3.example", bucket: "etcd", region: "x", folder: "x" },
    },
    ["restoreSnapshot", "nothing with 3 control-plane servers"],
  ],
  [
    "a type for a load balancer that is not there",
    { controlPlaneLoadBalancerType: "lb21" },
    ["controlPlaneLoadBalancerType", "enableControlPlaneLoadBalancer is false"],
  ],
  ["a snapshot from nowhere", { restoreSnapshot: "etcd-1" }, ["etcdS3Backup: got nothing"]],
]);

accepts([
  [
    "names and addresses in the certificate and the kubeconfig",
    { additionalTlsSans: ["api", "api-1.example.com", "10.1.2.3", "2001:db8::1"], kubeconfigServerAddress: "10.1.2.3" },
  ],
  ["a host name in the kubeconfig", { kubeconfigServerAddress: "api.example.com" }],
  ["a load balancer of another type", { controlPlaneLoadBalancerType: "lb21", enableControlPlaneLoadBalancer: true }],
  ["a window up to the last minute", { systemUpgradeScheduleWindow: { startTime: "00:00", endTime: "23:59" } }],
]);

test.each<[string, Record<string, unknown>, string[]]>([
  ["no token", { hcloudToken: undefined }, ["hcloudToken: got nothing", "pulumi config set --secret hcloudToken"]],
  ["a token of another kind", { hcloudToken: "abc" }, ["64 letters and digits"]],
  ["a kubeconfig of another cluster", { kubeconfig: KUBECONFIG }, ['kubeconfig: got "[secret]"', "not needed"]],
  ["a key for no bucket", { etcdS3AccessKey: "x" }, ["etcdS3AccessKey", "not needed"]],
  [
    "no key for the bucket",
    {
      cluster: {
        hetzner: { ...valid, etcdS3Backup: { endpoint: "s3.example", bucket: "etcd", region: "x", folder: "x" } },
      },
      etcdS3AccessKey: undefined,
      etcdS3SecretKey: undefined,
    },
    ["etcdS3AccessKey: got nothing", "etcdS3SecretKey: got nothing"],
  ],
  [
    "keys of a cluster that is there",
    { cluster: { hetzner: valid, storageClass: "fast", controlPlaneCidrs: ["10.0.0.1/32"] } },
    ["cluster.storageClass", "cluster.controlPlaneCidrs", "remove cluster.storageClass"],
  ],
  ["an operator of somebody else's", { operator: { install: "existing" } }, ['operator.install: got "existing"']],
  ["a token for a cluster that is there", { cluster: {}, hcloudToken: HCLOUD_TOKEN }, ["hcloudToken", "not needed"]],
])("%s is refused", async (_name, config, said) => {
  const run = runStack("production", { config });
  for (const text of said) await expect(run).rejects.toThrow(text);
});

test("a drain of a single instance is refused, and its upgrade without a drain is not", async () => {
  const systemUpgradeScheduleWindow = { startTime: "02:00", endTime: "05:00" };
  const run = (more: object) =>
    runStack("examples/hetzner-small", {
      config: {
        cluster: {
          hetzner: {
            firewallKubeApiSource: ["203.0.113.0/24"],
            controlPlaneNodepools: [{ ...server, count: 1 }],
            systemUpgradeScheduleWindow,
            ...more,
          },
        },
      },
    });
  await expect(run({})).rejects.toThrow("a single instance, which its PodDisruptionBudget keeps where it is");
  expect((await run({ systemUpgradeUseDrain: false })).length).toBeGreaterThan(50);
});

test("everything that is wrong is in one error, and no secret is", async () => {
  const hetzner = {
    ...valid,
    firewallKubeApiSource: ["0.0.0.0/0"],
    k3sVersion: "v1.36.4+k3s1",
    enableNetworkPolicy: false,
  };
  const config = { cluster: { hetzner }, hcloudToken: "hush", database: { instances: 1 } };
  const error: unknown = await runStack("production", { config }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/^Error: 5 problems, nothing was changed:\n/);
  expect(String(error)).not.toContain("hush");
});
