import { at, text, type Json } from "../../analysis/json.ts";
import { readDocuments } from "../../analysis/load/documents.ts";
import { groupOf, type KubeObject } from "../../analysis/objects.ts";
import type { Resource } from "../../analysis/resources.ts";
import { isUnknown } from "../../analysis/unknown.ts";

const release = "kubernetes:helm.sh/v3:Release";

/** Where a chart is installed by somebody who shows none of its objects: Helm in Pulumi's provider, or k3s. */
export const releasingTypes: readonly string[] = [
  release,
  ...["HelmChart", "HelmChartList", "HelmChartPatch"].map((kind) => `kubernetes:helm.cattle.io/v1:${kind}`),
];

/** A chart, and what is told of it. */
export interface ChartRelease {
  /** The chart's own name, whatever it is fetched from. */
  readonly chart: string;
  /** The chart and its repository, as they are written. */
  readonly source: string;
  readonly version: Json | undefined;
  readonly values: Json | undefined;
  /** Where its objects go. */
  readonly namespace: string;
  readonly paths: { readonly version: readonly string[]; readonly values: readonly string[] };
}

/** The charts that a resource of {@link releasingTypes} installs. */
export function chartReleases({ type, properties, objects }: Resource): readonly ChartRelease[] {
  if (type !== release) return objects.filter(isHelmChart).map(byHelmChart);
  const { chart, version, values, namespace, repositoryOpts } = properties;
  return [
    {
      ...named(text(chart), text(at(repositoryOpts, "repo"))),
      version,
      values,
      namespace: text(namespace) ?? "default",
      paths: { version: ["version"], values: ["values"] },
    },
  ];
}

/** Whether it is CloudNativePG's operator. */
export function isOperator({ chart }: ChartRelease): boolean {
  return chart === "cloudnative-pg";
}

function isHelmChart(object: KubeObject): boolean {
  return object.kind === "HelmChart" && groupOf(object) === "helm.cattle.io";
}

function byHelmChart({ body, namespace }: KubeObject): ChartRelease {
  const spec = (name: string) => at(body, "spec", name);
  const values = spec("valuesContent");
  return {
    ...named(text(spec("chart")), text(spec("repo"))),
    version: spec("version"),
    values: isUnknown(values) ? values : readDocuments(text(values) ?? "", "").documents[0]?.value,
    namespace: text(spec("targetNamespace")) ?? namespace,
    paths: { version: ["spec", "version"], values: ["spec", "valuesContent"] },
  };
}

function named(chart = "", repository = ""): Pick<ChartRelease, "chart" | "source"> {
  const name =
    chart
      .replace(/(-v?\d[^/]*\.tgz|\/)$/, "")
      .split("/")
      .at(-1) ?? "";
  return { chart: name, source: `${chart} ${repository}` };
}
