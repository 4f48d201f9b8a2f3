import * as pulumi from "@pulumi/pulumi";
import type { KubeObject } from "../../kube/objects.ts";

/** Any Kubernetes object as a resource of its own, under the type token that its typed class has. */
export class KubernetesObject extends pulumi.CustomResource {
  constructor(name: string, object: KubeObject, opts: pulumi.CustomResourceOptions) {
    super(typeToken(object), name, { ...object }, opts);
  }
}

/** `kubernetes:apps/v1:Deployment`; the core group is spelled out, `kubernetes:core/v1:Service`. */
export function typeToken({ apiVersion, kind }: KubeObject): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}
