import { at, isYes, text } from "../json.ts";
import { groupOf, type KubeObject } from "../objects.ts";

/** Labels that a controller or the API server gives the pods of a workload beside those of its template. */
export interface ControllerLabels {
  readonly values: Readonly<Record<string, string>>;
  /** The keys of those whose values nobody can know before. */
  readonly hidden: readonly string[];
}

const none: ControllerLabels = { values: {}, hidden: [] };
const hidden = (...keys: readonly string[]): (() => ControllerLabels) => {
  const labels = { values: {}, hidden: keys };
  return () => labels;
};

/** Job names stand under an old and a new key, and so do the ids of Jobs. */
const jobNames = ["job-name", "batch.kubernetes.io/job-name"];
const jobIds = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/** By kind and group, as Kubernetes 1.36 does it. */
const byKind: Readonly<Record<string, (source: KubeObject) => ControllerLabels>> = {
  "Deployment.apps": hidden("pod-template-hash"),
  "StatefulSet.apps": hidden(
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "controller-revision-hash",
  ),
  "DaemonSet.apps": hidden("controller-revision-hash", "pod-template-generation"),
  "CronJob.batch": hidden(...jobNames, ...jobIds),
  "Job.batch": jobLabels,
};

/**
 * What a pod gets from its node as it is bound to it, over its own labels; not every node has them. By default since
 * Kubernetes 1.35. Source: plugin/pkg/admission/podtopologylabels.
 */
export const placeLabels: readonly string[] = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/** What the pods of a workload wear that its template does not show. */
export function controllerLabels(source: KubeObject): ControllerLabels {
  const kind = `${source.kind}.${groupOf(source)}`;
  return (Object.hasOwn(byKind, kind) ? byKind[kind] : undefined)?.(source) ?? none;
}

function jobLabels({ body }: KubeObject): ControllerLabels {
  const index = at(body, "spec", "completionMode") === "Indexed" ? ["batch.kubernetes.io/job-completion-index"] : [];
  if (isYes(at(body, "spec", "manualSelector"))) return { values: {}, hidden: index };
  const name = text(at(body, "metadata", "name")) ?? "";
  return name === ""
    ? { values: {}, hidden: [...jobNames, ...jobIds, ...index] }
    : { values: Object.fromEntries(jobNames.map((key) => [key, name])), hidden: [...jobIds, ...index] };
}
