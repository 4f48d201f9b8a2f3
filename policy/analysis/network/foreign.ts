import { at, isObject, object, type Json } from "../json.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { readSelector, type Selector } from "../selector.ts";
import type { ForeignPolicy } from "./model.ts";

const everything: Selector = { requirements: [], known: true };
const ignore = (): void => undefined;

/** Whether an object is a policy on the network of a kind that is not evaluated here (Cilium, Calico, Antrea, admin policies). */
export function isForeignPolicy(source: KubeObject): boolean {
  return source.kind.endsWith("NetworkPolicy") && groupOf(source) !== "networking.k8s.io";
}

/** What a policy of another kind may touch. Where its selector has a form of its own, that is every pod it could select. */
export function readForeign(source: KubeObject): ForeignPolicy {
  const spec = object(source.body["spec"]);
  const title = `${source.kind} ${source.namespace === "" ? "" : `${source.namespace}/`}${source.name}`;
  if (source.namespace !== "") {
    return { title, namespaces: onlyNamespace(source.namespace), pods: endpointSelector(spec["endpointSelector"]) };
  }
  const subject = object(spec["subject"]);
  const pods = at(subject, "pods", "podSelector");
  const namespaces = subject["namespaces"] ?? at(subject, "pods", "namespaceSelector");
  return {
    title,
    namespaces: isObject(namespaces) ? readSelector(namespaces, ignore) : everything,
    pods: isObject(pods) ? readSelector(pods, ignore) : endpointSelector(spec["endpointSelector"]),
  };
}

function onlyNamespace(name: string): Selector {
  return { requirements: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [name] }], known: true };
}

/** Cilium prefixes the keys of pod labels by their source. A key from elsewhere says nothing about pod labels and is left out. */
function endpointSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return everything;
  const { requirements, known } = readSelector(value, ignore);
  const ofPods = requirements
    .map((requirement) => ({ ...requirement, key: requirement.key.replace(/^(k8s|any)[:.]/, "") }))
    .filter(({ key }) => !/^(reserved|cidr|node)[:.]|^io\.(kubernetes|cilium)\./.test(key));
  return { requirements: ofPods, known };
}
