import { at, isObject, isYes, list, object, text, texts, type Json, type JsonObject } from "../json.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { readLabels, type Labels } from "../selector.ts";
import { isUnknown } from "../unknown.ts";
import { controllerLabels, placeLabels } from "./controller-labels.ts";
import type { DeclaredPort, Pod } from "./model.ts";

/** The pod that an object is, or that it makes from its template; undefined for every other object and for finished pods. */
export function readPod(source: KubeObject): Pod | undefined {
  if (isPod(source)) return isFinished(source) ? undefined : podFrom(source, source.body);
  // A Pooler's template is only the start of its pods: the operator adds their labels.
  if (groupOf(source) === "postgresql.cnpg.io") return undefined;
  const template = templateOf(source);
  return template === undefined ? undefined : podFrom(source, template);
}

/** A pod that has finished and is not deleted yet; undefined for every other object. */
export function readFinishedPod(source: KubeObject): Pod | undefined {
  const isDeleted = at(source.body, "metadata", "deletionTimestamp") !== undefined;
  return isPod(source) && isFinished(source) && !isDeleted ? podFrom(source, source.body) : undefined;
}

function isPod(source: KubeObject): boolean {
  return source.kind === "Pod" && groupOf(source) === "";
}

function isFinished({ body }: KubeObject): boolean {
  return ["Succeeded", "Failed"].includes(text(at(body, "status", "phase")) ?? "");
}

function templateOf(source: KubeObject): JsonObject | undefined {
  const candidates = [
    at(source.body, "spec", "template"),
    at(source.body, "spec", "jobTemplate", "spec", "template"),
    at(source.body, "template"),
  ];
  return candidates.find((candidate) => isObject(candidate) && Array.isArray(at(candidate, "spec", "containers"))) as
    JsonObject | undefined;
}

function podFrom(source: KubeObject, pod: JsonObject): Pod {
  const spec = object(pod["spec"]);
  const addresses = podAddresses(pod["status"]);
  return {
    kind: "pod",
    namespace: source.namespace,
    name: source.name,
    labels: {
      ...podLabels(source, at(pod, "metadata", "labels")),
      // A pod with an address has been bound, and wears what it gets by that.
      ...(addresses.length === 0 && { possible: placeLabels }),
    },
    ports: [
      ...list(spec["containers"]).flatMap((container) => declaredPorts(container, false)),
      ...list(spec["initContainers"])
        .filter((container) => at(container, "restartPolicy") === "Always")
        .flatMap((container) => declaredPorts(container, true)),
    ],
    addresses,
    hostNetwork: isHostNetwork(spec),
    ...serviceAccountOf(spec),
  };
}

/**
 * Whether a pod has the address of its node. Where it is not known, it is judged as if it had: decided only where that makes
 * no difference.
 */
export function isHostNetwork(spec: Json | undefined): boolean {
  const value = at(spec, "hostNetwork");
  return isYes(value) || isUnknown(value);
}

/** What a template's own labels say stands, where a controller does not set them itself. */
function podLabels(source: KubeObject, labels: Json | undefined): Labels {
  const own = readLabels(labels);
  const { values, hidden } = controllerLabels(source);
  return { ...own, values: { ...values, ...own.values }, ...(hidden.length > 0 && { hidden }) };
}

function declaredPorts(container: Json, sidecar: boolean): DeclaredPort[] {
  return list(at(container, "ports")).flatMap((value): DeclaredPort[] => {
    const { containerPort, protocol: written, name } = object(value);
    if (typeof containerPort !== "number") return [];
    // Empty is the default, too.
    const protocol = written === undefined || written === "" ? "TCP" : written;
    if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") return [];
    return [{ number: containerPort, protocol, name: text(name) ?? "", sidecar }];
  });
}

/** The API server fills in the one from the other, and both with `default`. */
function serviceAccountOf(spec: JsonObject): Pick<Pod, "serviceAccount"> {
  const name = spec["serviceAccountName"] ?? spec["serviceAccount"] ?? "default";
  return typeof name === "string" && !isUnknown(name) ? { serviceAccount: name === "" ? "default" : name } : {};
}

function podAddresses(status: Json | undefined): readonly string[] {
  const all = texts(list(at(status, "podIPs")).map((entry) => at(entry, "ip") ?? null));
  const single = text(at(status, "podIP"));
  return all.length > 0 || single === undefined ? all : [single];
}
