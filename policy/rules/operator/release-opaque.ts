import type { StackRule } from "../rule.ts";
import { databaseNamespaces } from "./databases.ts";
import { chartReleases, isOperator, releasingTypes, type ChartRelease } from "./charts.ts";

/** Helm makes the objects of such a release itself: the engine, and with it every rule, sees the release alone. */
export const releaseOpaque: StackRule = {
  scope: "stack",
  name: "release-opaque",
  level: "advisory",
  severity: "low",
  description: "What a Helm release puts beside a database, or installs as its operator, should be open to be judged.",
  fix: "register the same chart as kubernetes.helm.v4.Chart: its objects are then judged one by one",
  url: "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
  judge(stack) {
    const databases = databaseNamespaces(stack);
    return stack.resources
      .filter(({ type }) => releasingTypes.includes(type))
      .flatMap((subject) =>
        chartReleases(subject).flatMap((release) => {
          const { namespace } = release;
          if (isOperator(release)) {
            return [{ subject, message: "the operator is judged by the chart's version and values alone" }];
          }
          if (isDatabase(release)) return [{ subject, message: "the Cluster in it is judged by no rule" }];
          if (!databases.has(namespace)) return [];
          return [{ subject, message: `what it puts into ${namespace}, beside a database, is judged by no rule` }];
        }),
      );
  },
};

/** CloudNativePG's other chart, which makes a Cluster. */
function isDatabase({ chart, source }: ChartRelease): boolean {
  return chart === "cluster" && source.includes("cloudnative-pg");
}
