import { parse, stringify } from "yaml";
import { describe, expect, test } from "vitest";
import {
  configMap,
  conformance,
  expectFailure,
  expectUp,
  kubeconfig,
  live,
  objects,
  sandbox,
  stepsOf,
} from "./conformance.ts";

conformance();

/** The kubeconfig with something changed. */
function edited(change: (config: Kubeconfig) => void): string {
  const config = parse(kubeconfig) as Kubeconfig;
  change(config);
  return stringify(config);
}

interface Kubeconfig {
  "current-context": string;
  clusters: [{ cluster: { server: string } }, ...{ name: string; cluster: { server: string } }[]];
  contexts: unknown[];
  users: unknown[];
}

describe("the provider", () => {
  test("is not replaced for another kubeconfig of the same cluster, by its identifier", async () => {
    await expectUp(objects([configMap("kept")]));
    const moved = edited(({ clusters: [cluster] }) => (cluster.cluster.server += "/"));
    const preview = await sandbox.preview(objects([configMap("kept")], { kubeconfig: moved }));
    expect(preview.changeSummary).toEqual({ same: 2, update: 1 });
  });

  test("is replaced for another cluster", async () => {
    await expectUp(objects([configMap("moved")]));
    const preview = await sandbox.preview(objects([configMap("moved")], { clusterIdentifier: "another" }));
    expect(stepsOf(preview, "cluster")).toEqual(["replace"]);
  });

  test("takes a path for a kubeconfig, and a context", async () => {
    const context = (parse(kubeconfig) as Kubeconfig)["current-context"];
    const elsewhere = edited((config) => {
      config["current-context"] = "elsewhere";
      config.contexts.push({ name: "elsewhere", context: { cluster: "elsewhere", user: "nobody" } });
      config.clusters.push({ name: "elsewhere", cluster: { server: "https://127.0.0.1:1" } });
      config.users.push({ name: "nobody", user: {} });
    });
    sandbox.write({ kubeconfig: elsewhere });
    await expectUp(objects([configMap("by-path")], { kubeconfig: `${sandbox.folder}/kubeconfig`, context }));
    expect(await live("ConfigMap", "by-path")).toBeDefined();
  });

  test("refuses a broken kubeconfig without showing it", async () => {
    const stdout = await expectFailure(objects([configMap("broken")], { kubeconfig: `${kubeconfig}\n  broken: [` }));
    expect(stdout).toContain("kubeconfig");
    expect(stdout).not.toContain("client-key-data");
    expect(stdout).not.toContain("clusters:");
  });

  test("previews without the cluster, and says why it cannot go further", async () => {
    const gone = edited(({ clusters: [cluster] }) => (cluster.cluster.server = "https://127.0.0.1:1"));
    const source = objects([configMap("unreachable")], { kubeconfig: gone });
    expect((await sandbox.preview(source)).changeSummary).toMatchObject({ create: expect.any(Number) as number });
    const stdout = await expectFailure(source);
    expect(stdout).toContain("unreachable");
    expect(stdout).toContain("127.0.0.1:1");
  });
});
