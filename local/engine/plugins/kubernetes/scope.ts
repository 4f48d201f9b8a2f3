import { text, groupOf, isBuiltIn } from "./objects.ts";
import type { JsonObject } from "../wire.ts";

/** Kinds of Kubernetes itself that live outside namespaces; the rest live in one. */
const clusterScoped = new Set([
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ComponentStatus",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "IPAddress",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "StorageVersionMigration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "VolumeAttributesClass",
]);

/** The scopes of kinds, also of those that a program is only about to define. */
export class Scopes {
  readonly #defined = new Map<string, boolean>();

  /** Remembers what a CustomResourceDefinition says of its kind. */
  define(definition: JsonObject): void {
    const { spec = null } = definition;
    const key = `${text(spec, "group")}/${text(spec, "names", "kind")}`;
    this.#defined.set(key, text(spec, "scope") === "Namespaced");
  }

  /** Whether objects of the kind live in a namespace; undefined where only the cluster can tell. */
  isNamespaced(object: JsonObject): boolean | undefined {
    const kind = text(object, "kind");
    if (isBuiltIn(object)) return !clusterScoped.has(kind);
    return this.#defined.get(`${groupOf(object)}/${kind}`);
  }
}
