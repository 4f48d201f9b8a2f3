/** Pod Security Admission at its strictest; CloudNativePG's pods and a well-kept workload's pass it. */
export const POD_SECURITY_RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** Annotation that says which stack made an object. */
export const STACK_ANNOTATION = "hcloud-postgres/stack";

/** Annotation of an object that a stack made; `stack` is `organization/project/stack`. */
export function ownedBy(stack: string): Record<string, string> {
  return { [STACK_ANNOTATION]: stack };
}

/** Whether the annotations say that `stack` made the object. */
export function isOwnedBy(stack: string, annotations: Record<string, string> | undefined): boolean {
  return annotations?.[STACK_ANNOTATION] === stack;
}
