import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../kube/objects.ts";
import { ownedBy, POD_SECURITY_RESTRICTED } from "../namespace.ts";
import { OPERATOR_RESOURCES, RELEASE } from "./release.ts";

interface DeploymentSpec {
  template: { spec: { containers: Record<string, unknown>[] } };
}

/** The objects of the pinned release manifest, as its authors wrote them. */
export function releaseObjects(): KubeObject[] {
  const text = readFileSync(new URL(RELEASE.manifest, import.meta.url), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/**
 * The object as this project installs it: the namespace marked and under Pod Security, the pinned image pulled
 * only where it is missing (a node without a registry starts too), and room for the operator to work.
 */
export function adjusted(object: KubeObject, stack: string): KubeObject {
  switch (object.kind) {
    case "Namespace":
      return {
        ...object,
        metadata: { name: object.metadata.name ?? "", labels: POD_SECURITY_RESTRICTED, annotations: ownedBy(stack) },
      };
    case "Deployment": {
      const spec = object["spec"] as DeploymentSpec;
      const containers = spec.template.spec.containers.map((container) => ({
        ...container,
        imagePullPolicy: "IfNotPresent",
        resources: OPERATOR_RESOURCES,
      }));
      const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
      return { ...object, spec: { ...spec, template } };
    }
    default:
      return object;
  }
}
