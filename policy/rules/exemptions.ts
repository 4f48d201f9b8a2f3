import { list, object, text, type JsonObject } from "../analysis/json.ts";
import type { KubeObject } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";
import { titleOf } from "./title.ts";

/**
 * Whether a rule's parameters leave this alone: both of what an exemption names must be so.
 * @param urn empty for what a manifest holds, which has none: its title stands for it, `Kind namespace/name`
 */
export function isExempt(parameters: JsonObject, urn: string, subject: KubeObject | Resource): boolean {
  const id = urn === "" ? titleOf(subject) : urn;
  const namespaces = namespacesOf(subject);
  return list(parameters["exemptions"]).some((exemption) => {
    const namespace = text(object(exemption)["namespace"]);
    const pattern = text(object(exemption)["urn"]);
    if (namespace === undefined && pattern === undefined) return false;
    const isInNamespace = namespace === undefined || namespaces.includes(namespace);
    return isInNamespace && (pattern === undefined || matchesGlob(id, pattern));
  });
}

/** The namespaces of what a finding is about; a Namespace counts as its own. */
function namespacesOf(subject: KubeObject | Resource): readonly string[] {
  const objects = "objects" in subject ? subject.objects : [subject];
  return objects.map(({ kind, namespace, name }) => (kind === "Namespace" ? name : namespace));
}

function matchesGlob(value: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(value);
}
