import { at, isObject, object, type Json, type JsonObject } from "../json.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { readSelector, type Selector } from "../selector.ts";
import type { ForeignPolicy } from "./model.ts";

const everything: Selector = { requirements: [], known: true };
const ignore = (): void => undefined;

/** Whether an object is a policy on the network of a kind that is not evaluated here (Cilium, Calico, Antrea, admin policies). */
export function isForeignPolicy(source: KubeObject): boolean {
  return source.kind.endsWith("NetworkPolicy") && groupOf(source) !== "networking.k8s.io";
}

/**
 * What a policy of another kind may touch, rule by rule. Where a rule's selector has a form of its own, that is every pod
 * it could select. Cilium's policies have one rule in `spec`, several in `specs`, or both.
 */
export function readForeign(source: KubeObject): ForeignPolicy[] {
  const { spec = null, specs = null } = source.body;
  const written = [spec, ...(Array.isArray(specs) ? (specs as readonly Json[]) : [specs])].filter(
    (rule) => rule !== null,
  );
  // A rule that is not known, or none at all, may select anything.
  return (written.length === 0 ? [{}] : written).map((rule) => readRule(source, object(rule)));
}

function readRule(source: KubeObject, rule: JsonObject): ForeignPolicy {
  const title = `${source.kind} ${source.namespace === "" ? "" : `${source.namespace}/`}${source.name}`;
  if (source.namespace !== "") {
    return { title, namespaces: onlyNamespace(source.namespace), pods: endpointSelector(rule["endpointSelector"]) };
  }
  const subject = object(rule["subject"]);
  const pods = at(subject, "pods", "podSelector");
  const namespaces = subject["namespaces"] ?? at(subject, "pods", "namespaceSelector");
  return {
    title,
    namespaces: isObject(namespaces) ? readSelector(namespaces, ignore) : everything,
    pods: isObject(pods) ? readSelector(pods, ignore) : endpointSelector(rule["endpointSelector"]),
  };
}

function onlyNamespace(name: string): Selector {
  return { requirements: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [name] }], known: true };
}

/**
 * Cilium writes the source of a label before its key, with a colon: `k8s:app`, or `any:app`, which is what `app` means.
 * A key from elsewhere says nothing about pod labels and is left out.
 */
function endpointSelector(value: Json | undefined): Selector {
  if (!isObject(value)) return everything;
  const { requirements, known } = readSelector(value, ignore);
  const ofPods = requirements
    .map((requirement) => ({ ...requirement, key: requirement.key.replace(/^(k8s|any):/, "") }))
    .filter(({ key }) => !/:|^\$|^reserved\.|^io\.(kubernetes|cilium)\./.test(key));
  return { requirements: ofPods, known };
}
