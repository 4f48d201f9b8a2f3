import { at, list, text } from "../../analysis/json.ts";
import { groupOf } from "../../analysis/objects.ts";
import type { Resource } from "../../analysis/resources.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import { chartReleases, isOperator, releasingTypes, type ChartRelease } from "./charts.ts";
import { operatorOfChart } from "./versions.ts";

/** The types of resource that install the operator: its Deployment, and its chart. */
export const installingTypes: readonly string[] = [
  ...["Deployment", "DeploymentList", "DeploymentPatch"].map((kind) => `kubernetes:apps/v1:${kind}`),
  ...releasingTypes,
];

/** The CloudNativePG operator as something installs it. */
export interface Installation {
  /** What says it, for a message: `image ghcr.io/…:1.30.0`, `chart cloudnative-pg 0.29.0`. */
  readonly by: string;
  /** Like `1.30.0`; undefined where nothing names a version. */
  readonly version: string | undefined;
  /** Whether that is because a digest alone names the image, or a value is not known before `up`. */
  readonly hidden: boolean;
  readonly path: readonly (string | number)[];
}

/** The operators that a resource of {@link installingTypes} installs. */
export function installations(resource: Resource): readonly Installation[] {
  return [...inDeployments(resource), ...chartReleases(resource).filter(isOperator).map(byChart)];
}

function inDeployments({ objects }: Resource): readonly Installation[] {
  return objects
    .filter((one) => one.kind === "Deployment" && groupOf(one) === "apps")
    .flatMap(({ body }) =>
      list(at(body, "spec", "template", "spec", "containers")).flatMap((container, index) => {
        const path = ["spec", "template", "spec", "containers", index, "image"];
        const image = text(at(container, "image"));
        return image === undefined || !isOperatorImage(image) ? [] : [byImage(image, path)];
      }),
    );
}

function isOperatorImage(image: string): boolean {
  return /(^|\/)cloudnative-pg(-testing)?(:[^/]*)?(@.*)?$/.test(image);
}

function byImage(image: string, path: Installation["path"]): Installation {
  const [, tag] = /:([^/@]+)(?:@.*)?$/.exec(image.replace(/@.*$/, "")) ?? [];
  const hidden = tag === undefined && image.includes("@");
  return { by: `image ${image}`, version: versionIn(tag), hidden, path };
}

function byChart({ version, values, paths }: ChartRelease): Installation {
  const chart = "chart cloudnative-pg";
  const tag = at(values, "image", "tag");
  const tagPath = [...paths.values, "image", "tag"];
  if (isUnknown(values) || isUnknown(tag)) return { by: chart, version: undefined, hidden: true, path: tagPath };
  if (typeof tag === "string" && tag !== "") {
    return { by: `image tag ${tag}`, version: versionIn(tag), hidden: false, path: tagPath };
  }
  if (isUnknown(version)) return { by: chart, version: undefined, hidden: true, path: paths.version };
  const named = text(version);
  const by = named === undefined ? chart : `${chart} ${named}`;
  return { by, version: operatorOfChart(versionIn(named)), hidden: false, path: paths.version };
}

/** The version that a tag or a chart's exact version names; ranges, branches and `latest` name none. */
function versionIn(value: string | undefined): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?:[-+].*)?$/.exec(value ?? "")?.[1];
}
