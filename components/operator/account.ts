import type { OperatorSettings } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { releaseObjects } from "./manifest.ts";
import { RELEASE } from "./release.ts";

/** Name of the ServiceAccount that the operator runs as; the chart names it after its release. */
export function operatorAccount(install: OperatorSettings["install"], found: KubeObject | undefined): string {
  if (install === "chart") return RELEASE.chart.name;
  const deployment = install === "manifest" ? releaseObjects().find(({ kind }) => kind === "Deployment") : found;
  const { template } = deployment?.["spec"] as { template: { spec: { serviceAccountName?: string } } };
  return template.spec.serviceAccountName ?? "default";
}
