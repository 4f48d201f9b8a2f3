/** What a Pulumi type token of a Kubernetes object says, whichever SDK it comes from. */
export interface KubeToken {
  readonly apiVersion: string;
  /** The object's own kind: without the ending of `RolePatch`. */
  readonly kind: string;
  /** Whether only some fields of an object are set: it may exist already, with more. */
  readonly patch: boolean;
}

/** Groups of the Kubernetes SDK that stand for many objects, which follow one by one, or cannot be seen. */
const packaging = new Set(["helm.sh", "kustomize", "yaml"]);

const pattern = /^[^:]+:(?:([^/:]+)\/)?(v\d+(?:(?:alpha|beta)\d+)?):(\w+)$/;

/**
 * Reads `kubernetes:core/v1:Secret`, `kubernetes:rbac.authorization.k8s.io/v1:RolePatch`, or the token of an extension SDK
 * such as `cnpg:postgresql.cnpg.io/v1:Cluster`; undefined for every other resource, components and charts included.
 */
export function readToken(type: string): KubeToken | undefined {
  const [, group = "", version, kind] = pattern.exec(type) ?? [];
  if (version === undefined || kind === undefined || packaging.has(group)) return undefined;
  const patch = kind.endsWith("Patch");
  return {
    apiVersion: group === "" || group === "core" ? version : `${group}/${version}`,
    kind: patch ? kind.slice(0, -"Patch".length) : kind,
    patch,
  };
}
