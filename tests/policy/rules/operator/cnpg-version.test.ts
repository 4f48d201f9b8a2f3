import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { cnpgStatusPort } from "../../../../policy/rules/operator/cnpg-status-port.ts";
import { cnpgVersion } from "../../../../policy/rules/operator/cnpg-version.ts";
import { findings, resource } from "../lab.ts";

const deployment = (image: string, type = "kubernetes:apps/v1:Deployment") =>
  resource(type, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg-controller-manager", namespace: "cnpg-system" },
    spec: { template: { spec: { containers: [{ name: "manager", image }] } } },
  });

/** As in penxle/typie and others: the chart's repository, hardly any values. */
const release = (more: JsonObject) =>
  resource("kubernetes:helm.sh/v3:Release", {
    chart: "cloudnative-pg",
    repositoryOpts: { repo: "https://cloudnative-pg.github.io/charts" },
    namespace: "cnpg-system",
    ...more,
  });

/** docs.k3s.io, "Helm": a chart that k3s installs. */
const helmChart = (spec: JsonObject) =>
  resource("kubernetes:helm.cattle.io/v1:HelmChart", {
    apiVersion: "helm.cattle.io/v1",
    kind: "HelmChart",
    metadata: { name: "cnpg", namespace: "kube-system" },
    spec: { repo: "https://cloudnative-pg.github.io/charts", chart: "cloudnative-pg", ...spec },
  });

const image = (rest: string) => `ghcr.io/cloudnative-pg/cloudnative-pg${rest}`;

describe("accepts", () => {
  test.each([
    ["a release manifest", deployment(image(":1.30.0"))],
    ["the last of 1.29", deployment(image(":1.29.2"))],
    ["tag and digest", deployment(image(`:1.30.0@sha256:${"0".repeat(64)}`))],
    ["a mirror with a port", deployment("registry.example.com:5000/mirror/cloudnative-pg:v1.31.0")],
    ["another workload", deployment("ghcr.io/cloudnative-pg/postgresql:14.1")],
    ["the barman plugin", deployment("ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.13.0")],
    ["the chart", release({ version: "0.29.0" })],
    ["a newer chart than known", release({ version: "0.31.2" })],
    ["a tag over the chart's", release({ version: "0.28.3", values: { image: { tag: "1.30.0" } } })],
    ["the chart, by k3s", helmChart({ version: "0.29.0" })],
    ["a tag over k3s' chart", helmChart({ valuesContent: "image:\n  tag: 1.30.0\n" })],
    ["another chart", release({ chart: "cilium", version: "1.0.0" })],
  ])("%s", (_, one) => {
    expect(findings(cnpgVersion, [one])).toEqual([]);
  });
});

describe("finds", () => {
  test.each([
    [deployment(image(":1.28.1")), "operator 1.28.1, older than 1.29.2"],
    [deployment(image(":1.29.1"), "kubernetes:apps/v1:DeploymentPatch"), "operator 1.29.1"],
    [deployment(image("")), "names no exact version"],
    [deployment(image(":latest")), "names no exact version"],
    [deployment(image("-testing:main")), "names no exact version"],
    [release({ version: "0.28.3" }), "chart cloudnative-pg 0.28.3 is operator 1.29.1"],
    // kzh/infra: pulumi/operators/cnpg/__main__.py, there as a Chart.
    [release({ version: "0.24.0" }), "operator 1.26.0"],
    [release({ version: "0.20.1" }), "operator 1.25.1"],
    // samwightt/mastodon-gcloud: app-final/cnpg.tf, the chart by its local repository's name and without a version.
    [release({ chart: "cnpg/cloudnative-pg" }), "chart cloudnative-pg names no exact version"],
    [release({ version: "^0.29.0" }), "names no exact version"],
    [release({ chart: "oci://ghcr.io/cloudnative-pg/charts/cloudnative-pg", version: "0.28.0" }), "operator 1.29.0"],
    [helmChart({}), "chart cloudnative-pg names no exact version"],
    [helmChart({ version: "0.27.1", valuesContent: "replicaCount: 2\n" }), "operator 1.28.1"],
    [release({ version: "0.29.0", values: { image: { tag: "1.27.0" } } }), "image tag 1.27.0"],
  ])("%# %s", (one, message) => {
    expect(findings(cnpgVersion, [one])).toEqual([expect.stringContaining(message)]);
  });
});

test("leaves open what a digest alone, or a value that is not known yet, decides", () => {
  const open = [
    deployment(image(`@sha256:${"0".repeat(64)}`)),
    release({ version: unknownValue }),
    helmChart({ version: "0.29.0", valuesContent: unknownValue }),
    release({ version: "0.29.0", values: unknownValue }),
    release({ version: "0.28.0", values: { image: { tag: unknownValue } } }),
  ];
  for (const one of open) {
    expect(findings(cnpgVersion, [one])).toEqual([expect.stringMatching(/^undecided: .* cannot be told$/)]);
  }
});

test("a team may ask for more", () => {
  expect(findings(cnpgVersion, [deployment(image(":1.29.2"))], { minimumVersion: "1.30.0" })).toEqual([
    expect.stringContaining("operator 1.29.2, older than 1.30.0"),
  ]);
});

describe("port 8000 is guarded", () => {
  test("from 1.30.0 on", () => {
    expect(findings(cnpgStatusPort, [deployment(image(":1.30.0")), release({ version: "0.29.0" })])).toEqual([]);
  });
  test("and not before", () => {
    const older = [deployment(image(":1.29.2")), release({ version: "0.28.3" })];
    expect(findings(cnpgStatusPort, older)).toEqual([
      expect.stringContaining("operator 1.29.2: below 1.30.0 whoever reaches port 8000"),
      expect.stringContaining("operator 1.29.1"),
    ]);
  });
});
