/** The parts of metadata that this project reads or writes. */
export interface ObjectMeta {
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  finalizers?: string[];
  managedFields?: ManagedFields[];
}

/** Which fields of an object a manager has set. */
export interface ManagedFields {
  manager: string;
  [field: string]: unknown;
}

/** Any Kubernetes object as plain JSON; fields beyond the envelope are unknown until a caller narrows them. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** What it takes to address one object (`name` set) or one collection (`name` left out). */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  /** Left out for cluster-scoped kinds, and to list a namespaced kind over all namespaces. */
  namespace?: string | undefined;
  name?: string | undefined;
}

/** "Kind namespace/name", as messages name an object. */
export function describe(ref: ObjectRef): string {
  return `${ref.kind} ${[ref.namespace, ref.name].filter(Boolean).join("/")}`;
}

/** The reference that addresses `object`. */
export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}
