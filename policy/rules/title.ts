import type { KubeObject } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";

/** `Kind namespace/name` of an object, `name (type)` of any other resource. */
export function titleOf(subject: KubeObject | Resource): string {
  if ("objects" in subject) return `${subject.name} (${subject.type})`;
  const { kind, namespace, name } = subject;
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
