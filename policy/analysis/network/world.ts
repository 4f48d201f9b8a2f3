import { at } from "../json.ts";
import { groupOf, type KubeObject, type Problem } from "../objects.ts";
import { readLabels, type Labels } from "../selector.ts";
import { isForeignPolicy, readForeign } from "./foreign.ts";
import type { Pod, World } from "./model.ts";
import { readPod } from "./read-pod.ts";
import { readPolicy } from "./read-policy.ts";

const nameLabel = "kubernetes.io/metadata.name";

/** What decides the network among these objects. `extraPods` are pods that an operator will make from them. */
export function readWorld(objects: readonly KubeObject[], problems: Problem[], extraPods: readonly Pod[] = []): World {
  const isPolicy = (source: KubeObject) => source.kind === "NetworkPolicy" && groupOf(source) === "networking.k8s.io";
  return {
    pods: [...objects.flatMap((source) => readPod(source) ?? []), ...extraPods],
    namespaceLabels: readNamespaces(objects),
    policies: objects.filter(isPolicy).flatMap((source) => readPolicy(source, problems) ?? []),
    foreign: objects.filter(isForeignPolicy).flatMap(readForeign),
  };
}

/** The API server gives every namespace its name as a label. Of a namespace that is not in the input nothing else is known. */
function readNamespaces(objects: readonly KubeObject[]): (namespace: string) => Labels {
  const known = new Map<string, Labels>();
  for (const source of objects) {
    if (source.kind !== "Namespace" || groupOf(source) !== "") continue;
    const { values, complete } = readLabels(at(source.body, "metadata", "labels"));
    known.set(source.name, { values: { ...values, [nameLabel]: source.name }, complete });
  }
  return (namespace) => {
    const labels = known.get(namespace) ?? { values: { [nameLabel]: namespace }, complete: false };
    known.set(namespace, labels);
    return labels;
  };
}
